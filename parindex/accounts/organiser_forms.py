"""Forms over the organisers of an installation."""

from django import forms

from parindex.accounts.models import Organiser
from parindex.accounts.people_forms import AccountForm


class OrganiserForm(forms.ModelForm):
    """How an organiser is named in papers."""

    class Meta:
        model = Organiser
        fields = ("name", "parent_name", "place")
        labels = {"name": "Tên cơ quan"}
        error_messages = {
            "name": {"required": "Ghi tên cơ quan.", "unique": "Cơ quan khác trong hệ thống đã có tên này."}
        }


class OpenOrganiserForm(AccountForm, OrganiserForm):
    """A new organiser with its first administrator."""
