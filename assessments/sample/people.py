"""Accounts of the sample. The names are made up."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from assessments.enums import RoundDuty
from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership, Organiser, Unit, User
from parindex.audit.events import Actor, record

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


@dataclass(frozen=True, slots=True)
class Duty:
    """A sample account with a role in the rounds at work; a lead agency with the contents that it leads."""

    username: str
    full_name: str
    role: RoundDuty
    contents: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where the role is held, in words."""
        return "các đợt minh họa của quận Hoàng Mai"


ACCOUNTS = (
    Account("noivu.hoangmai", "Phạm Lan Anh", Role.PUBLISHER, HOANG_MAI),
    Account("noivu2.hoangmai", "Hoàng Gia Khánh", Role.PUBLISHER, HOANG_MAI),
    Account("tieuchi.hoangmai", "Đỗ Minh Châu", Role.FRAMEWORK_MANAGER, HOANG_MAI),
    Account("giamsat.hoangmai", "Vũ Hải Yến", Role.AUDITOR, HOANG_MAI),
    Account("quantri.hoangmai", "Đặng Tuấn Kiệt", Role.ADMINISTRATOR, HOANG_MAI),
    Account("daikim", "Lê Thu Hà", Role.UNIT_OFFICER, "Phường Đại Kim", "dai-kim"),
    Account("daikim.lanhdao", "Ngô Đức Thịnh", Role.UNIT_HEAD, "Phường Đại Kim", "dai-kim"),
    Account("noivu.quangninh", "Trần Quốc Bảo", Role.PUBLISHER, QUANG_NINH),
)
DUTIES = (
    Duty("chutich.hoangmai", "Nguyễn Mạnh Cường", RoundDuty.COUNCIL_CHAIR),
    Duty("thuky.hoangmai", "Bùi Thanh Mai", RoundDuty.COUNCIL_SECRETARY),
    Duty("thanhvien1.hoangmai", "Trịnh Văn Long", RoundDuty.COUNCIL_MEMBER),
    Duty("thanhvien2.hoangmai", "Cao Thị Ngọc", RoundDuty.COUNCIL_MEMBER),
    Duty("daumoi.hoangmai", "Lưu Quang Huy", RoundDuty.LEAD_AGENCY, ("1", "2", "3")),
)


def create_accounts(*, by: Actor) -> None:
    """Create the accounts and their memberships, on record; all share one printed password."""
    password = make_password(PASSWORD)
    hoang_mai = Organiser.objects.get(name=HOANG_MAI)
    for account in ACCOUNTS:
        user = User.objects.create(username=account.username, full_name=account.full_name, password=password)
        if account.role in UNIT_ROLES:
            unit = Unit.objects.get(organiser=hoang_mai, code=account.unit_code)
            held = Membership.objects.create(user=user, role=account.role, unit=unit)
        else:
            organiser = Organiser.objects.get(name=account.place)
            held = Membership.objects.create(user=user, role=account.role, organiser=organiser)
        record(by=by, verb="lập tài khoản mẫu", on=user, after={"username": user.username})
        record(by=by, verb="giao vai trò mẫu", on=held, after={"role": held.role})
    for duty in DUTIES:
        user = User.objects.create(
            username=duty.username, full_name=duty.full_name, password=password, home=hoang_mai
        )
        record(by=by, verb="lập tài khoản mẫu", on=user, after={"username": user.username})
