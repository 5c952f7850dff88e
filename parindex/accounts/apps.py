"""People, organisers and units."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from parindex.accounts.enums import Role


class AccountsConfig(AppConfig):
    name = "parindex.accounts"
    verbose_name = "Tài khoản và đơn vị"

    def ready(self) -> None:
        """A role that does not exist would protect nobody. Raises ImproperlyConfigured."""
        unknown = set(settings.MFA_REQUIRED_ROLES) - set(Role.values)
        if unknown:
            known = ", ".join(Role.values)
            raise ImproperlyConfigured(
                f"DJANGO_MFA_REQUIRED_ROLES: {', '.join(sorted(unknown))} is none of {known}."
            )
