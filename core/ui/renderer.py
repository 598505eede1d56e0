"""How Django draws a form: `{{ form }}` and `{{ field.as_field_group }}` look like the rest."""

from django.forms.renderers import TemplatesSetting


class UiRenderer(TemplatesSetting):
    form_template_name = "_components/form.html"
    field_template_name = "_components/field_group.html"
