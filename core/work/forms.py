"""Forms that every work queue has."""

from __future__ import annotations

from django import forms


class NoteForm(forms.Form):
    """A note on a work item."""

    text = forms.CharField(
        label="Note",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write the note first."},
    )
