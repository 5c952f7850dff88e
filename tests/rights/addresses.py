"""Every address of the site with what it is asked for, and what a form there sends."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from assessments.models import Clarification, Notice, Score
from criteria.models import Reading
from parindex.accounts.models import Membership
from tests.assessments.evidence_files import upload
from tests.rights.world import Side, World, preparation_of, publication_of

# Django's administration is one right (is_staff) and has its own tests.
LEFT_OUT = ("admin",)
MOVES = ("nop-thay", "tiep-nhan", "tra-lai", "gia-han", "ket-luan", "mo-lai-tham-dinh", "mo-lai-tu-cham")
OWN_MOVES = ("send_to_head", "approve_and_submit", "return_to_officer")
Body = dict[str, Any]


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
    side = side or world.side
    wanted = next(keys for keys in _keys(name))
    known = {key: value(world, side) for key, value in ARGUMENTS.items() if key in wanted}
    known |= {key: value(world, side) for key, value in SPECIAL.get(name, {}).items()}
    if "verb_code" in wanted:
        known["verb_code"] = variant
    return reverse(name, kwargs=known)


def _keys(name: str) -> Iterator[set[str]]:
    """The parameters of an address; of two with one name, the longer."""
    space, _, bare = name.rpartition(":")
    resolver = get_resolver()
    if space:
        resolver = resolver.namespace_dict[space][1]
    found = [set(keys) for possibility, *_ in resolver.reverse_dict.getlist(bare) for _, keys in possibility]
    yield max(found, key=len)


def _criterion(side: Side) -> int:
    return side.draft.criteria.get(code="1.2").pk


def _reading(side: Side) -> int:
    """A large workbook that the manager has sent and that waits for the job."""
    found, _ = Reading.objects.get_or_create(
        owner=side.people["manager"], defaults={"file_name": "bang.xlsx", "requested_at": timezone.now()}
    )
    return found.pk


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
_officers_role = lambda world, side: Membership.objects.get(user=side.people["officer"]).pk  # noqa: E731
SPECIAL: dict[str, dict[str, Callable[[World, Side], Any]]] = {
    "accounts:role_change": {"role_id": _officers_role},
    "accounts:role_withdraw": {"role_id": _officers_role},
    "assessments:survey_leaf": {"leaf_code": lambda world, side: "2.2"},
    # The kind of a document is no part of its address.
    "assessments:ranking_pdf_document": {},
}


def _day(days: int = 20) -> str:
    return f"{timezone.localdate() + timedelta(days=days):%d/%m/%Y}"


def _row(world: World, code: str, **entries: str) -> Body:
    leaf = world.side.leaf(code)
    own = Score.objects.filter(assessment=world.side.file(), criterion=leaf, track="self").first()
    sent = {"version": own.version if own else 0, **entries}
    return {f"m{leaf.pk}-{name}": value for name, value in sent.items()}


def _move(prefix: str, state: str, *, day: bool = False) -> Callable[[World], Body]:
    def body(world: World) -> Body:
        sent = {f"{prefix}-seen": world.side.file().state, f"{prefix}-reason": "Lý do"}
        return sent | ({f"{prefix}-new_deadline": _day()} if day else {})

    return body


def _answer(world: World) -> Body:
    asked = Clarification.objects.filter(assessment=world.side.file()).first()
    key = asked.pk if asked else 0
    return {"yeu-cau": key, f"tra-loi-{key}-answer": "Đã bổ sung"}


def _fixed(**sent: Any) -> Callable[[World], Body]:
    return lambda world: dict(sent)


REFERENCE = {"title": "Công văn", "number": "12/UBND"}
# What a form sends, for each address that takes one; a ":" and a verb come after some.
BODIES: dict[str, Callable[[World], Body]] = {
    "assessments:notices_read": _fixed(),
    "assessments:open_round": lambda world: {
        "organiser": world.side.organiser.pk,
        "year": timezone.localdate().year + 1,
        "code": "dot-moi",
        "title": "Đợt mới",
    },
    "assessments:setup_round": _fixed(),
    "assessments:setup_add_group": _fixed(),
    "assessments:setup_group": _fixed(),
    "assessments:setup_remove_group": _fixed(),
    "assessments:setup_units": _fixed(),
    "assessments:setup_remove_unit": _fixed(),
    "assessments:setup_add_role": lambda world: {
        "role": "council_member",
        "user": world.users["stranger"].pk,
    },
    "assessments:setup_role": _fixed(),
    "assessments:setup_end_role": _fixed(),
    "assessments:setup_substitute": lambda world: {
        "user": world.users["secretary"].pk,
        "reason": "Thuộc đơn vị",
    },
    "assessments:setup_end_substitute": _fixed(),
    "assessments:leaf_evidence": lambda world: {"files": [upload("Moi.pdf")]},
    "assessments:leaf_reference": _fixed(**REFERENCE),
    "assessments:leaf_reuse": lambda world: {"tai_lieu": world.side.uses["A1"].evidence_id},
    "assessments:evidence_pointer": _fixed(cho_xem="tr. 3", da_xem=""),
    "assessments:evidence_detach": _fixed(),
    "assessments:library": lambda world: {"files": [upload("Moi.pdf")]},
    "assessments:library_reference": _fixed(**REFERENCE),
    "assessments:piece": _fixed(title="Tên khác"),
    "assessments:piece_delete": _fixed(),
    **{
        f"assessments:own_file:{verb}": lambda world, verb=verb: {
            "verb": verb,
            "seen": world.side.file().state,
            "reason": "Lý do",
        }
        for verb in OWN_MOVES
    },
    "assessments:own_content": lambda world: _row(world, "1.1.1", points="2", reason="Sửa"),
    "assessments:save_row": lambda world: _row(world, "1.1.1", points="2", reason="Sửa"),
    "assessments:progress_remind": _fixed(),
    "assessments:progress_paper": lambda world: {"number": "7/BC", "signed": _day(0)},
    "assessments:progress_move:nop-thay": _move("submit-on-behalf", ""),
    "assessments:progress_move:tiep-nhan": _move("start-appraisal", ""),
    "assessments:progress_move:tra-lai": _move("return-at-receipt", "", day=True),
    "assessments:progress_move:gia-han": _move("grant-more-time", "", day=True),
    "assessments:progress_move:ket-luan": _move("conclude-file", ""),
    "assessments:progress_move:mo-lai-tham-dinh": _move("reopen-appraisal", ""),
    "assessments:progress_move:mo-lai-tu-cham": _move("reopen-self-scoring", "", day=True),
    "assessments:appraisal_leaf": lambda world: {
        "viec": "hoi",
        "giai-trinh-question": "Đề nghị bổ sung",
        "giai-trinh-until": _day(3),
    },
    "assessments:appraisal_recognise_file": _fixed(seen=2),
    "assessments:appraisal_recognise_leaf": _fixed(seen=0),
    "assessments:own_clarifications": _answer,
    "assessments:survey_leaf": _fixed(),
    "assessments:survey_upload": _fixed(),
    "assessments:survey_confirmation": _fixed(),
    "assessments:publishing": lambda world: {
        "decision_number": "9/QĐ",
        "signed": _day(0),
        "signer": "Chủ tịch",
        "reason": "Sửa",
    },
    "assessments:publishing_withdrawal": lambda world: {"thu-hoi-reason": "Sai"},
    "assessments:publishing_confirmation": _fixed(),
    "assessments:publishing_refusal": lambda world: {"tu-choi-reason": "Chưa đúng"},
    "assessments:keep_ranking": _fixed(name="Bản lưu"),
    "criteria:upload": _fixed(),
    "criteria:resolve": _fixed(),
    "criteria:activation": _fixed(),
    "criteria:removal": _fixed(reason="Nhầm"),
    "criteria:new_version": _fixed(),
    "criteria:comparison": _fixed(),
    "criteria:steps": _fixed(buoc=0),
    "criteria:add_content": _fixed(),
    "criteria:criterion": _fixed(),
    "criteria:rule": _fixed(),
    "criteria:add_below": _fixed(),
    "criteria:move_criterion": _fixed(),
    "criteria:remove_criterion": _fixed(),
    "accounts:first_run": _fixed(),
    "accounts:organiser_open": _fixed(),
    "accounts:administrator_add": _fixed(),
    "accounts:organiser_change": lambda world: {"name": world.side.organiser.name},
    "accounts:unit_add": _fixed(),
    "accounts:units_merge": _fixed(),
    "accounts:units_import": _fixed(),
    "accounts:unit_type_add": _fixed(),
    "accounts:unit_change": _fixed(),
    "accounts:person_add": _fixed(),
    "accounts:people_import": _fixed(),
    "accounts:slips_again": _fixed(),
    "accounts:person_change": _fixed(full_name="Tên khác"),
    "accounts:person_active": _fixed(active="0"),
    "accounts:person_reset": _fixed(),
    "accounts:person_without_factor": _fixed(),
    "accounts:role_add": _fixed(),
    "accounts:role_change": _fixed(),
    "accounts:role_withdraw": _fixed(),
    "switch_role": _fixed(role="none"),
    "delegations": _fixed(),
    "end_delegation": _fixed(),
}
