"""The second factor of the person who is signed in: allauth's pages, each with its event in the log."""

from typing import Any

from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from parindex.accounts.second_factor import NEW_CODES, SET_UP, TURNED_OFF, needs_second_factor, record_own


class SetUpView(ActivateTOTPView):
    """Show the picture to scan and take the first code."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"is_required": needs_second_factor(self.request.user)}

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        record_own(self.request.user, SET_UP)
        response: HttpResponse = super().form_valid(form)
        return response


class TurnOffView(DeactivateTOTPView):
    """Ask, then sign in by the password alone from now on."""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        record_own(self.request.user, TURNED_OFF)
        response: HttpResponse = super().form_valid(form)
        return response

    def get_success_url(self) -> str:
        return reverse("account")


class NewCodesView(GenerateRecoveryCodesView):
    """Ask, then put new recovery codes in the place of the old ones."""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        record_own(self.request.user, NEW_CODES)
        response: HttpResponse = super().form_valid(form)
        return response


set_up = SetUpView.as_view()
turn_off = TurnOffView.as_view()
new_codes = NewCodesView.as_view()
