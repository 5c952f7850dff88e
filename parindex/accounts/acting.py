"""In which of their roles a person works: they see by all of them and act in one.

Roles in units and organisers are read here; other apps add a source of their own when they are loaded.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from parindex.accounts.models import Membership, User


class Place(Enum):
    """Where a role is held."""

    UNIT = "unit"
    ORGANISER = "organiser"
    ROUND = "round"


@dataclass(frozen=True, slots=True)
class HeldRole:
    """One role that a person holds today; a role's kind tells whose id `place_id` is."""

    role: str
    label: str
    kind: Place
    place_id: int
    place: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    on_behalf_of: str = ""

    @property
    def key(self) -> str:
        """What a form sends back to choose this role."""
        return key_of(self.role, self.place_id)

    @property
    def title(self) -> str:
        """The place and the role as the head of a page names them: “Phường Đại Kim · Cán bộ đơn vị”."""
        title = f"{self.place} · {self.label}"
        return f"{title} (ủy quyền của {self.on_behalf_of})" if self.on_behalf_of else title

    @property
    def in_unit(self) -> bool:
        return self.kind is Place.UNIT

    @property
    def in_organiser(self) -> bool:
        return self.kind is Place.ORGANISER

    @property
    def in_round(self) -> bool:
        return self.kind is Place.ROUND


# Where the session keeps the key of the role that was chosen.
SESSION_KEY = "acting_as"

# Databases differ in where they put the empty column of a place.
ORDER = (Place.UNIT, Place.ORGANISER, Place.ROUND)

Source = Callable[["User", dt.date], Iterable[HeldRole]]
_sources: list[Source] = []


def key_of(role: str, place_id: int) -> str:
    """The key of a role in one place."""
    return f"{role}-{place_id}"


def add_source(source: Source) -> None:
    """Let another app say which roles of its own a person holds on a day."""
    _sources.append(source)


def held_roles(user: "User", day: dt.date) -> tuple[HeldRole, ...]:
    """Every role of a person on a day, once each, in the order in which one of them is taken up unasked.

    Own roles come before delegated ones; within these, units before organisers before rounds.
    """
    return _with_sources(held_in_standing(user, day), user, day)


def held_in_standing(user: "User", day: dt.date) -> tuple[HeldRole, ...]:
    """The roles of a person on a day in units and organisers alone, in the same order; one query.

    A second one is asked only where something was delegated to the person.
    """
    return _in_order(_in_standing(membership) for membership in _memberships(user, day))


def _with_sources(standing: tuple[HeldRole, ...], user: "User", day: dt.date) -> tuple[HeldRole, ...]:
    return _in_order([*standing, *(held for source in _sources for held in source(user, day))])


def _in_order(found: Iterable[HeldRole]) -> tuple[HeldRole, ...]:
    once: dict[str, HeldRole] = {}
    for held in sorted(found, key=lambda held: (bool(held.on_behalf_of), ORDER.index(held.kind))):
        once.setdefault(held.key, held)
    return tuple(once.values())


def _memberships(user: "User", day: dt.date) -> Sequence["Membership"]:
    held = user.memberships.select_related("unit", "organiser").order_by("unit_id", "organiser_id", "pk")
    # Asked in every request: the few roles of one person are dated sooner here than their query is built.
    found = [one for one in held if one.is_dated(day)]
    # Whether the giver still holds what they delegated is a costly question that few have to be asked.
    if any(one.on_behalf_of_id for one in found):
        return list(held.on(day).select_related("on_behalf_of"))
    return found


def _in_standing(membership: "Membership") -> HeldRole:
    place = membership.unit or membership.organiser
    if place is None:
        raise ValueError(f"Membership {membership.pk} has no place.")
    return HeldRole(
        role=membership.role,
        label=membership.get_role_display(),
        kind=Place.UNIT if membership.unit_id else Place.ORGANISER,
        place_id=place.pk,
        place=str(place),
        valid_from=membership.valid_from,
        valid_to=membership.valid_to,
        on_behalf_of=str(membership.on_behalf_of or ""),
    )


class Standing:
    """The roles of a person during one request, read when first asked for, and the one they act in."""

    def __init__(self, user: "User", chosen: str = "") -> None:
        self._user = user
        self._chosen = chosen

    @cached_property
    def lasting(self) -> tuple[HeldRole, ...]:
        """Every role held today in units and organisers: most people have no others."""
        return held_in_standing(self._user, timezone.localdate())

    @cached_property
    def roles(self) -> tuple[HeldRole, ...]:
        """Every role held today."""
        return _with_sources(self.lasting, self._user, timezone.localdate())

    @cached_property
    def acting(self) -> HeldRole | None:
        """The role chosen; one that has ended gives way to the first that is held."""
        chosen = self.find(self._chosen) if self._chosen else None
        return chosen or next(iter(self._own_lasting or self.roles), None)

    @property
    def _own_lasting(self) -> list[HeldRole]:
        """Those that come before every duty in a round."""
        return [held for held in self.lasting if not held.on_behalf_of]

    @property
    def others(self) -> list[HeldRole]:
        """The roles that the person may switch to."""
        return [held for held in self.roles if held is not self.acting]

    def find(self, key: str) -> HeldRole | None:
        """The role held under a key, if any. Duties in rounds are read only where no other has it."""
        lasting = next((held for held in self.lasting if held.key == key), None)
        return lasting or next((held for held in self.roles if held.key == key), None)

    def acts_in(self, role: str, place_id: int) -> bool:
        """Whether the person acts in this role: in that unit, or in any organiser or round that gave it."""
        acting = self.acting
        if acting is None or acting.role != role:
            return False
        return not acting.in_unit or acting.place_id == place_id

    def switch_to(self, title: str) -> str:
        """The sentence that names the role to switch to for what was just asked."""
        acting = self.acting.title if self.acting else ""
        return f"Bạn đang làm việc với vai trò {acting}; chuyển sang vai trò {title} ở đầu trang rồi làm lại."


def organisers_in(user: "User", roles: Iterable[str], *, day: dt.date | None, doing: bool) -> list[int]:
    """Organisers in which the person holds one of these roles on a day (today).

    With `doing`, a person who has chosen a role counts in that role only, in every organiser that gave it.
    """
    if doing and user.standing is not None:
        wanted = {user.standing.acting.role} & set(roles) if user.standing.acting else set()
        return [held.place_id for held in user.standing.roles if held.role in wanted]
    held = user.memberships.on(day or timezone.localdate()).filter(role__in=roles)
    return [key for key in held.values_list("organiser_id", flat=True) if key is not None]


def elsewhere(user: object, roles: Iterable[str], place_id: int | None = None) -> str | None:
    """The sentence that names the role to switch to, where the person does not act in one that they hold.

    `place_id` is the unit, organiser or round in which a role is asked for; without it, any will do.
    """
    standing: Standing | None = getattr(user, "standing", None)
    if standing is None:
        return None
    wanted, acting = set(roles), standing.acting
    fit = [held for held in standing.roles if held.role in wanted and place_id in (None, held.place_id)]
    acts = any(held is acting or (not held.in_unit and acting and held.role == acting.role) for held in fit)
    return None if not fit or acts else standing.switch_to(fit[0].title)
