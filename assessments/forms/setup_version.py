"""Confirming that a group moves to another version of its framework."""

from django import forms

from criteria.forms import required

LONGEST_REASON = 2000


class MoveVersionForm(forms.Form):
    """Why, and a mark of the preview that the person has read."""

    seen = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Lý do chuyển",
        max_length=LONGEST_REASON,
        widget=forms.Textarea,
        error_messages=required("Ghi lý do chuyển phiên bản."),
    )
