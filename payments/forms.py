"""Forms of the payment pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

MAX_UPLOAD = 64 * 1024 * 1024


class UploadForm(forms.Form):
    """One or several 835 files (or ZIPs of them) from the browser are sent one by one."""

    file = forms.FileField(
        label="835 file",
        help_text="As it came from the payer or clearinghouse: .835, .txt, .edi or a ZIP of them.",
        error_messages={
            "required": "Choose the 835 file first.",
            "empty": "The file is empty: ask the sender for it again.",
        },
    )

    def clean_file(self) -> UploadedFile[Any]:
        """Not larger than the server reads in one go."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_UPLOAD:
            raise forms.ValidationError(
                f"The file has {(file.size or 0) >> 20} MB; {MAX_UPLOAD >> 20} MB are the most "
                "here. Bring larger ones with the command post_remittance."
            )
        return file


class SendBackForm(forms.Form):
    """Why an unposted payment is not ours."""

    reason = forms.CharField(
        label="Why is it not ours?",
        max_length=240,
        help_text="For example: another clinic's patient; called the payer, reference number …",
        error_messages={"required": "Say why: the payer will ask."},
    )
