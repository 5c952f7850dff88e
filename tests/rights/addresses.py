"""Every address of the site, and what stands in it: the first unit, group, role … of a side."""

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from assessments.enums import ReviewState
from assessments.models import Notice
from criteria.models import Framework, Reading
from parindex.accounts.models import Membership, User
from tests.rights.world import Side, World, preparation_of, publication_of, review_of

# Django's administration is one right (is_staff) and has its own tests.
LEFT_OUT = ("admin",)


def names() -> list[str]:
    """The name of every address, with its namespace."""
    return list(dict.fromkeys(_names(get_resolver(), "")))


def _names(resolver: URLResolver, space: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name}"
        elif entry.namespace not in LEFT_OUT:
            yield from _names(entry, f"{entry.namespace}:" if entry.namespace else space)


def address(world: World, name: str, *, side: Side | None = None, variant: str = "") -> str:
    """The address of a name about the first unit of a side; `variant` is its verb."""
    return reverse(name, kwargs=arguments(world, name, side=side or world.side, variant=variant))


def arguments(world: World, name: str, *, side: Side, variant: str = "") -> dict[str, Any]:
    """What stands in an address, about the first unit of a side."""
    wanted = next(keys for keys in keys_of(name))
    known = {key: value(world, side) for key, value in ARGUMENTS.items() if key in wanted}
    if variant in (IN_FORCE, RETIRED):
        known |= {
            "framework_id": _framework(side, variant).pk,
            **({"criterion_id": _criterion(side, variant)} if "criterion_id" in wanted else {}),
        }
    if variant in OTHER_ACCOUNTS:
        known["user_id"] = getattr(User.objects.filter(username=variant).first(), "pk", 0)
    for special in (name, f"{name}:{variant}"):
        known |= {key: value(world, side) for key, value in SPECIAL.get(special, {}).items()}
    if "verb_code" in wanted:
        known["verb_code"] = variant or "tiep-nhan"
    return known


def keys_of(name: str) -> Iterator[set[str]]:
    """The parameters of an address; of two with one name, the longer."""
    space, _, bare = name.rpartition(":")
    resolver = get_resolver()
    if space:
        resolver = resolver.namespace_dict[space][1]
    found = [set(keys) for possibility, *_ in resolver.reverse_dict.getlist(bare) for _, keys in possibility]
    yield max(found, key=len)


def _criterion(side: Side, variant: str = "") -> int:
    return _framework(side, variant).criteria.get(code="1.2").pk


# A framework is a draft unless the verb says that it is in force or retired.
IN_FORCE, RETIRED = "dang-dung", "het-hieu-luc"


# An account is in use and of the organiser unless the verb says that it is closed, or of another organiser.
OTHER_ACCOUNTS = CLOSED, ELSEWHERE = "da-ngung", "co-quan-khac"


def _framework(side: Side, variant: str) -> Framework:
    return {IN_FORCE: side.groups[0].used_framework, RETIRED: side.retired}.get(variant, side.draft)


def _reading(side: Side) -> int:
    """A large workbook that the manager has sent and that waits for the job."""
    found, _ = Reading.objects.get_or_create(
        owner=side.people["manager"], defaults={"file_name": "bang.xlsx", "requested_at": timezone.now()}
    )
    return found.pk


def _review(side: Side, *states: ReviewState) -> int:
    """The first unit's request in one of these states; none before its file is concluded."""
    return getattr(review_of(side, *states), "pk", 0)


def sent(world: World, side: Side) -> int:
    """A request that waits for its answer."""
    return _review(side, ReviewState.SENT)


def answered(world: World, side: Side) -> int:
    """A request that has its answer."""
    return _review(side, ReviewState.KEPT, ReviewState.CHANGED)


ARGUMENTS: dict[str, Callable[[World, Side], Any]] = {
    "round_code": lambda world, side: side.round.code,
    "group_code": lambda world, side: side.groups[0].code,
    "unit_code": lambda world, side: side.units[0].code,
    "content_code": lambda world, side: "1",
    "leaf_code": lambda world, side: "1.1.1",
    "unit_id": lambda world, side: side.units[0].pk,
    "evidence_id": lambda world, side: side.uses[f"{side.tag}1"].evidence_id,
    "use_id": lambda world, side: side.uses[f"{side.tag}1"].pk,
    "organiser_id": lambda world, side: side.organiser.pk,
    "user_id": lambda world, side: side.people["officer"].pk,
    "framework_id": lambda world, side: side.draft.pk,
    "criterion_id": lambda world, side: _criterion(side),
    "problem_id": lambda world, side: side.problem.pk,
    "notice_id": lambda world, side: Notice.objects.filter(user=side.people["officer"]).earliest("pk").pk,
    "review_id": lambda world, side: _review(side, ReviewState.WRITTEN),
    "preparation_id": lambda world, side: getattr(preparation_of(side), "pk", 0),
    "publication_id": lambda world, side: getattr(publication_of(side), "pk", 0),
    "delegation_id": lambda world, side: (
        Membership.objects.get(user=side.people["delegate"], on_behalf_of__isnull=False).pk
    ),
    "reading_id": lambda world, side: _reading(side),
    "kind": lambda world, side: "csv",
    "uidb64": lambda world, side: "MQ",
    "token": lambda world, side: "abc-123",
    "role_id": lambda world, side: side.round.roles.get(user=side.people["recused"]).pk,
}


def officers_role(world: World, side: Side) -> int:
    """The officer's role in the first unit."""
    return Membership.objects.get(user=side.people["officer"]).pk


SPECIAL: dict[str, dict[str, Callable[[World, Side], Any]]] = {
    "accounts:role_change": {"role_id": officers_role},
    "accounts:role_withdraw": {"role_id": officers_role},
    "assessments:survey_leaf": {"leaf_code": lambda world, side: "2.2"},
    "assessments:appraisal_leaf:cham-ket-luan": {"leaf_code": lambda world, side: "1.1.2"},
    "assessments:appraisal_leaf:cham-y-kien": {"leaf_code": lambda world, side: "1.1.2"},
    "assessments:appraisal_leaf:cham-de-xuat": {"leaf_code": lambda world, side: "1.1.2"},
    "assessments:appraisal_recognise_leaf": {"leaf_code": lambda world, side: "1.1.2"},
    # About a leaf with a request for review that is written and not sent.
    "assessments:leaf_evidence:de-nghi": {"leaf_code": lambda world, side: "1.1.2"},
    "assessments:review": {"review_id": sent},
    "assessments:review:chua-gui": {"review_id": ARGUMENTS["review_id"]},
    "assessments:review:da-tra-loi": {"review_id": answered},
    "assessments:review_send:da-gui": {"review_id": sent},
    "assessments:review_drop:da-gui": {"review_id": sent},
    "assessments:leaf_reuse": {"leaf_code": lambda world, side: "1.2"},
    "assessments:piece_delete": {"evidence_id": lambda world, side: side.units[0].evidence.latest("pk").pk},
    # What can be taken out has no record yet: see GROUNDS.
    "assessments:setup_remove_group": {"group_code": lambda world, side: "trong"},
    "assessments:setup_remove_unit": {"unit_code": lambda world, side: f"{side.tag.lower()}4"},
    # The kind of a document is no part of its address.
    "assessments:ranking_pdf_document": {},
}
