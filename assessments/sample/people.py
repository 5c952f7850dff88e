"""Accounts of the sample. The names are made up."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership, Organiser, Unit, User

PASSWORD = "cchc-mau-2026"  # noqa: S105 - printed for everybody who tries the sample

HOANG_MAI = "Ủy ban nhân dân quận Hoàng Mai"
QUANG_NINH = "Sở Nội vụ tỉnh Quảng Ninh"


@dataclass(frozen=True, slots=True)
class Account:
    """A sample account: who signs in, and the role and place they hold; a unit by its code too."""

    username: str
    full_name: str
    role: Role
    place: str
    unit_code: str = ""


ACCOUNTS = (
    Account("noivu.hoangmai", "Phạm Lan Anh", Role.PUBLISHER, HOANG_MAI),
    Account("tieuchi.hoangmai", "Đỗ Minh Châu", Role.FRAMEWORK_MANAGER, HOANG_MAI),
    Account("giamsat.hoangmai", "Vũ Hải Yến", Role.AUDITOR, HOANG_MAI),
    Account("daikim", "Lê Thu Hà", Role.UNIT_OFFICER, "Phường Đại Kim", "dai-kim"),
    Account("daikim.lanhdao", "Ngô Đức Thịnh", Role.UNIT_HEAD, "Phường Đại Kim", "dai-kim"),
    Account("noivu.quangninh", "Trần Quốc Bảo", Role.PUBLISHER, QUANG_NINH),
)


def create_accounts() -> None:
    """Create the accounts and their memberships; all share one printed password."""
    password = make_password(PASSWORD)
    for account in ACCOUNTS:
        user = User.objects.create(username=account.username, full_name=account.full_name, password=password)
        if account.role in UNIT_ROLES:
            unit = Unit.objects.get(organiser__name=HOANG_MAI, code=account.unit_code)
            Membership.objects.create(user=user, role=account.role, unit=unit)
        else:
            organiser = Organiser.objects.get(name=account.place)
            Membership.objects.create(user=user, role=account.role, organiser=organiser)
