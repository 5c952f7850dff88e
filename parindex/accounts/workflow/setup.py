"""The first run: an empty installation gets its organiser, its types of units and its first person."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from parindex.accounts.enums import Role
from parindex.accounts.exceptions import AlreadySetUp
from parindex.accounts.models import Membership, Organiser, UnitType, User
from parindex.audit.events import record


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """Who sets the installation up, with the roles they take on."""

    full_name: str
    username: str
    password: str
    email: str = ""
    roles: Sequence[Role] = (Role.ADMINISTRATOR,)


def is_empty() -> bool:
    """Whether nobody has an account yet."""
    return not User.objects.exists()


@transaction.atomic
def set_up(organiser: Organiser, unit_types: Sequence[tuple[str, str]], person: FirstPerson) -> User:
    """Store an unsaved organiser, types of units as (code, name) and the first person.

    Raises AlreadySetUp once anybody has an account.
    """
    if not is_empty():
        raise AlreadySetUp("Hệ thống đã có tài khoản. Đăng nhập, hoặc hỏi quản trị của cơ quan.")
    organiser.save()
    user = User.objects.create(
        username=person.username,
        full_name=person.full_name,
        email=person.email,
        password=make_password(person.password),
        home=organiser,
    )
    Membership.objects.bulk_create(
        Membership(user=user, role=role, organiser=organiser)
        for role in dict.fromkeys((Role.ADMINISTRATOR, *person.roles))
    )
    record(by=user.actor, verb="thiết lập hệ thống", on=organiser, after={"name": organiser.name})
    record(
        by=user.actor,
        verb="tạo tài khoản",
        on=user,
        after={"username": user.username, "roles": [role.value for role in person.roles]},
    )
    for code, name in unit_types:
        unit_type, made = UnitType.objects.get_or_create(code=code, defaults={"name": name})
        if made:
            record(by=user.actor, verb="thêm loại đơn vị", on=unit_type, after={"code": code, "name": name})
    return user
