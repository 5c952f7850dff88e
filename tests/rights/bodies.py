"""What a form sends to each address that takes one, and what has to be there before it can be done.

Each is good enough to change something where the person may and the state allows it.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from allauth.mfa.models import Authenticator
from django.core import signing
from django.utils import timezone

from assessments.appraisal.reviews import answer
from assessments.enums import ReviewState
from assessments.evidence import add_files
from assessments.forms.evidence import EditForm
from assessments.forms.survey import CellForm
from assessments.models import Clarification, ReviewRequest, Score
from assessments.permissions.files import PAPER_TAKEN
from assessments.survey_points import Mode, SurveyCell, cells_of
from assessments.views.survey import SALT
from assessments.workflow import GroupSettings
from assessments.workflow.group_settings import group_facts
from assessments.workflow.moving import plan_of
from assessments.workflow.rounds import settings_of
from assessments.workflow.settings import fingerprint, round_facts
from criteria.editing import add
from criteria.enums import Source
from criteria.models import Framework
from criteria.workflow import activate
from parindex.accounts import account_catalogue, unit_catalogue
from parindex.accounts.acting import key_of
from parindex.accounts.catalogues import sealed
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, Unit
from parindex.accounts.workbooks import read_table
from parindex.audit.events import COMMAND_LINE, record
from tests.assessments.evidence_files import read, upload
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.assessments import GroupFactory, score
from tests.factories.criteria import SMALL_TREE, FrameworkFactory, grow
from tests.rights.addresses import CLOSED, IN_FORCE, OTHER_ACCOUNTS, RETIRED, keys_of, names, officers_role
from tests.rights.cast import APPRAISAL
from tests.rights.world import SURVEYED, World, review_of

OWN_MOVES = ("send_to_head", "approve_and_submit", "return_to_officer")
Body = dict[str, Any]


def _day(days: int = 20) -> str:
    return f"{timezone.localdate() + timedelta(days=days):%d/%m/%Y}"


def _fixed(**sent: Any) -> Callable[[World], Body]:
    return lambda world: dict(sent)


# -- the file


def _row(world: World) -> Body:
    leaf = world.side.leaf("1.1.1")
    own = Score.objects.filter(assessment=world.side.file(), criterion=leaf, track="self").first()
    sent = {"version": own.version if own else 0, "points": "2", "reason": "Sửa"}
    return {f"m{leaf.pk}-{name}": value for name, value in sent.items()}


def _own_move(verb: str) -> Callable[[World], Body]:
    return lambda world: {"verb": verb, "seen": world.side.file().state, "reason": "Lý do"}


def _move(prefix: str, *, day: bool = False) -> Callable[[World], Body]:
    def body(world: World) -> Body:
        sent = {f"{prefix}-seen": world.side.file().state, f"{prefix}-reason": "Lý do"}
        return sent | ({f"{prefix}-new_deadline": _day()} if day else {})

    return body


def _answer(world: World) -> Body:
    asked = Clarification.objects.filter(assessment=world.side.file()).first()
    key = asked.pk if asked else 0
    return {"yeu-cau": key, f"tra-loi-{key}-answer": "Đã bổ sung"}


def _says(voice: str) -> Callable[[World], Body]:
    """The self-score of a leaf kept, in one voice."""

    def body(world: World) -> Body:
        scores = Score.objects.filter(assessment=world.side.file(), criterion=world.side.leaf("1.1.2"))
        versions = dict(scores.values_list("track", "version"))
        return {
            "viec": "cham",
            "tham-dinh-choice": "keep",
            "tham-dinh-voice": voice,
            "tham-dinh-version": versions.get(voice, 0),
            "tham-dinh-own_version": versions.get("self", 0),
        }

    return body


def _request(world: World) -> Body:
    """About a lowered leaf of which nothing was asked yet."""
    field = f"de-nghi-{world.side.leaf('1.1.1').pk}"
    return {"muc": "1.1.1", f"{field}-seen": 0, f"{field}-request": "Đề nghị xem lại"}


def _reviewed(choice: str, state: ReviewState = ReviewState.SENT) -> Callable[[World], Body]:
    """The answer to a request: the conclusion stands, or the unit's own points take its place."""

    def body(world: World) -> Body:
        asked = review_of(world.side, state)
        scores = Score.objects.filter(
            assessment=world.side.file(), criterion=asked.criterion_id if asked else None
        )
        versions = dict(scores.values_list("track", "version"))
        return {
            "tham-dinh-choice": choice,
            "tham-dinh-voice": "conclusion",
            "tham-dinh-version": versions.get("conclusion", 0),
            "tham-dinh-own_version": versions.get("self", 0),
            "tham-dinh-reason": "Đã xem xét",
        }

    return body


def reviewed(world: World) -> None:
    """Every request for review answered: nothing is published before."""
    waiting = ReviewRequest.objects.filter(assessment__group__round=world.side.round, state=ReviewState.SENT)
    for one in waiting.order_by("pk"):
        answer(one, reason="Đã xem xét", said=None, by=world.side.people["chair"])


def paper(world: World) -> None:
    """A signed paper of the first unit on record: the organiser enters its points."""
    state = {"state": world.side.file().state}
    record(by=COMMAND_LINE, verb=PAPER_TAKEN, on=world.side.file(), before=state, after=state, reason="7/BC")


def all_concluded(world: World) -> None:
    """A conclusion on every leaf of the first file, and no question open."""
    if world.state != APPRAISAL:
        return
    file = world.side.file()
    Clarification.objects.filter(assessment=file).update(
        state="closed", closed_by="Thư ký", closed_at=timezone.now()
    )
    score(file, {"1.1.1": "2", "1.1.2": "2", "1.2": "3", "2.1": "6"})


def _piece(world: World) -> Body:
    form = EditForm(world.side.uses["A1"].evidence)
    return {name: form[name].value() or "" for name in form.fields} | {"title": "Tên khác"}


def loose_piece(world: World) -> None:
    """A piece in the first unit's library that no leaf uses."""
    add_files(world.side.units[0], read("Rời"), by=world.side.people["officer"])


# -- the round


def free_unit(world: World) -> Unit:
    """A unit that no group has."""
    kind = world.side.units[0].unit_type
    return UnitFactory(organiser=world.side.organiser, unit_type=kind, code="moi", name="Đơn vị mới")


def empty_group(world: World) -> None:
    """A group without units."""
    group = world.side.groups[0]
    GroupFactory(round=group.round, framework=group.framework, code="trong", name="Nhóm trống", units=[])


def empty_file(world: World) -> None:
    """A unit in the first group of whose file nothing is recorded."""
    kind = world.side.units[0].unit_type
    unit = UnitFactory(organiser=world.side.organiser, unit_type=kind, code=f"{world.side.tag.lower()}4")
    world.side.groups[0].assessments.create(unit=unit, unit_code=unit.code, unit_name=unit.name)


def later_version(world: World) -> None:
    """A later version in force of the framework that the first group uses, each row its heir."""
    draft, used = world.side.draft, world.side.groups[0].used_framework
    to = FrameworkFactory(decision=draft.decision, unit_type=draft.unit_type, version=3, title="Bản sau")
    grow(to, SMALL_TREE)
    lineage = dict(used.criteria.values_list("code", "lineage"))
    for row in to.criteria.all():
        row.lineage = lineage[row.code]
        row.save(update_fields=["lineage"])
    activate(to, by=COMMAND_LINE)


def _settings(settings: GroupSettings, **more: Any) -> Body:
    """The settings of a group as its form sends them."""
    sent: Body = {**settings.columns, **({"holds_survey": "on"} if settings.holds_survey else {})}
    for row, (name, lower) in enumerate(settings.scale, start=1):
        sent |= {f"band_{row}_name": name, f"band_{row}_lower": str(lower)}
    return {name: value for name, value in sent.items() if value not in (None, False)} | more


def _group(world: World) -> Body:
    group = world.side.file().group
    return _settings(
        settings_of(group),
        seen=fingerprint(group_facts(group)),
        name="Tên khác",
        position="1",
        framework=group.framework_id,
    )


def _version(world: World) -> Body:
    group = world.side.groups[0]
    to = Framework.objects.filter(title="Bản sau", state="in_force").first()
    return {"seen": plan_of(group, to).digest if to else "", "reason": "Đính chính"}


def _survey_file(world: World) -> Body:
    """Points of the second unit as a text file."""
    heading = f"Mã đơn vị,Đơn vị,{SURVEYED} · {Mode.POINTS.label}"
    unit = world.side.units[1]
    return {"file": upload("diem.csv", f"{heading}\n{unit.code},{unit.name},3\n".encode())}


def _survey_cell(world: World) -> SurveyCell:
    """What the second unit has of the survey."""
    ((_, cell),) = cells_of([world.side.file(1)], [world.side.leaf(SURVEYED, 1)]).items()
    return cell


def _survey_preview(world: World) -> Body:
    cell = _survey_cell(world)
    row = [cell.file.pk, cell.leaf.pk, cell.token, Mode.POINTS.value, "3", "", ""]
    payload = {"group": cell.file.group_id, "file": "diem.csv", "cells": [row]}
    return {"payload": signing.dumps(payload, salt=SALT, compress=True), "reason": "Sửa"}


def _survey_row(world: World) -> Body:
    form = CellForm(_survey_cell(world), Mode.POINTS)
    sent = {form.add_prefix(name): form[name].value() for name in form.fields}
    return sent | {form.add_prefix("value"): "3", "reason": "Sửa"}


# -- frameworks


def _draft_row(world: World) -> Any:
    return world.side.draft.criteria.get(code="1.2")


def _criterion(world: World) -> Body:
    row = _draft_row(world)
    kept = ("code", "source", "standing", "not_applicable_mode", "lead", "supporting")
    return {name: getattr(row, name) for name in kept} | {"title": "Tên khác", "max_points": "6"}


def settled(world: World) -> None:
    """Nothing of the draft left to choose."""
    world.side.draft.problems.all().delete()


def changed(world: World) -> None:
    """One step in the draft that can be undone."""
    add(world.side.draft, parent=None, title="Nội dung mới", points=Decimal(2), by=COMMAND_LINE)


TABLE = "STT,Tiêu chí,Điểm tối đa\n1,Nội dung,10\n1.1,Tiêu chí một,4\n1.2,Tiêu chí hai,6\n"

# -- organisers, units, people


def _sealed(columns: Any, text: str) -> Callable[[World], Body]:
    def body(world: World) -> Body:
        kind = world.side.units[0].unit_type.code
        table = read_table(text.replace("LOẠI", kind).encode(), "a.csv", columns)
        return {"rows": sealed(table, world.side.organiser)}

    return body


UNITS = "Mã đơn vị,Tên đơn vị,Loại đơn vị\nmoi-1,Đơn vị mới,LOẠI\n"
ACCOUNTS = "Họ và tên,Tên đăng nhập,Mã đơn vị,Vai trò\nNgười Mới,nguoi.moi,a1,Cán bộ đơn vị\n"


def second_factor(world: World) -> None:
    """A second factor of the officer."""
    Authenticator.objects.create(user=world.side.people["officer"], type=Authenticator.Type.TOTP, data={})


def _delegates(world: World) -> Body:
    held = Membership.objects.get(user=world.side.people["head"])
    days = {"valid_from": _day(0), "valid_to": _day(3)}
    return {"held": held.pk, "to": world.side.people["officer"].pk, "reason": "Đi công tác", **days}


# Signing in and asking for a new password are for everybody and slowed down: they have their own tests.
REFERENCE = {"title": "Công văn", "number": "12/UBND"}
# By the name of an address; a ":" and a verb come after some.
BODIES: dict[str, Callable[[World], Body]] = {
    "assessments:notices_read": _fixed(),
    "assessments:open_round": lambda world: {
        "organiser": world.side.organiser.pk,
        "year": timezone.localdate().year + 1,
        "code": "dot-moi",
        "title": "Đợt mới",
    },
    "assessments:setup_round": lambda world: {
        "seen": fingerprint(round_facts(world.side.round)),
        "title": "Tên khác",
        "code": world.side.round.code,
        "year": world.side.round.year,
    },
    "assessments:setup_add_group": lambda world: _settings(
        GroupSettings(), code="moi", name="Nhóm mới", units=[free_unit(world).pk]
    ),
    "assessments:setup_group": _group,
    "assessments:setup_remove_group": _fixed(),
    "assessments:setup_version": _version,
    "assessments:setup_units": lambda world: {"units": [free_unit(world).pk]},
    "assessments:setup_remove_unit": _fixed(),
    "assessments:setup_add_role": lambda world: {
        "role": "council_member",
        "user": world.users["stranger"].pk,
    },
    "assessments:setup_role": lambda world: {"valid_to": _day()},
    "assessments:setup_end_role": _fixed(),
    "assessments:setup_substitute": lambda world: {
        "user": world.users["secretary"].pk,
        "reason": "Thuộc đơn vị",
    },
    "assessments:setup_end_substitute": _fixed(),
    "assessments:leaf_evidence": lambda world: {"files": [upload("Moi.pdf")]},
    "assessments:leaf_evidence:de-nghi": lambda world: {"files": [upload("Moi.pdf")]},
    "assessments:leaf_reference": _fixed(**REFERENCE),
    "assessments:leaf_reuse": lambda world: {"tai_lieu": world.side.uses["A1"].evidence_id},
    "assessments:evidence_pointer": _fixed(cho_xem="tr. 3", da_xem=""),
    "assessments:evidence_detach": _fixed(),
    "assessments:library": lambda world: {"files": [upload("Moi.pdf")]},
    "assessments:library_reference": _fixed(**REFERENCE),
    "assessments:piece": _piece,
    "assessments:piece_delete": _fixed(),
    **{f"assessments:own_file:{verb}": _own_move(verb) for verb in OWN_MOVES},
    "assessments:own_content": _row,
    "assessments:save_row": _row,
    "assessments:save_row:ban-giay": _row,
    "assessments:progress_remind": _fixed(),
    "assessments:progress_paper": lambda world: {"number": "7/BC", "signed": _day(0)},
    "assessments:progress_move:nop-thay": _move("submit-on-behalf"),
    "assessments:progress_move:tiep-nhan": _move("start-appraisal"),
    "assessments:progress_move:tra-lai": _move("return-at-receipt", day=True),
    "assessments:progress_move:gia-han": _move("grant-more-time", day=True),
    "assessments:progress_move:ket-luan": _move("conclude-file"),
    "assessments:progress_move:mo-lai-tham-dinh": _move("reopen-appraisal"),
    "assessments:progress_move:mo-lai-tu-cham": _move("reopen-self-scoring", day=True),
    "assessments:appraisal_leaf:hoi": lambda world: {
        "viec": "hoi",
        "giai-trinh-question": "Đề nghị bổ sung",
        "giai-trinh-until": _day(3),
    },
    "assessments:appraisal_leaf:cham-ket-luan": _says("conclusion"),
    "assessments:appraisal_leaf:cham-y-kien": _says("opinion"),
    "assessments:appraisal_leaf:cham-de-xuat": _says("proposal"),
    "assessments:appraisal_recognise_file": _fixed(seen=1),
    "assessments:appraisal_recognise_leaf": _fixed(seen=2),
    "assessments:own_clarifications": _answer,
    "assessments:own_reviews": _request,
    "assessments:review_send": _fixed(seen=1),
    "assessments:review_send:da-gui": _fixed(seen=1),
    "assessments:review_drop": _fixed(seen=1),
    "assessments:review_drop:da-gui": _fixed(seen=1),
    "assessments:review:giu-nguyen": _reviewed("stand"),
    "assessments:review:dieu-chinh": _reviewed("keep"),
    "assessments:review:da-tra-loi": _reviewed("stand", ReviewState.KEPT),
    "assessments:review:chua-gui": _reviewed("stand", ReviewState.WRITTEN),
    "assessments:survey_leaf": _survey_row,
    "assessments:survey_upload": _survey_file,
    "assessments:survey_confirmation": _survey_preview,
    "assessments:publishing": lambda world: {
        "decision_number": "9/QĐ",
        "signed": _day(0),
        "signer": "Chủ tịch",
        "reason": "Sửa",
    },
    "assessments:publishing_withdrawal": _fixed(**{"thu-hoi-reason": "Sai"}),
    "assessments:publishing_confirmation": _fixed(),
    "assessments:publishing_confirmation:con-de-nghi": _fixed(),
    "assessments:publishing_refusal": _fixed(**{"tu-choi-reason": "Chưa đúng"}),
    "assessments:keep_ranking": _fixed(name="Bản lưu"),
    "criteria:upload": lambda world: {
        "file": upload("khung.csv", TABLE.encode()),
        "issuer": world.side.organiser.pk,
        "number": "99/QĐ-UBND",
        "issued": _day(0),
        "unit_type": world.side.units[0].unit_type_id,
        "luu": "1",
    },
    "criteria:resolve": lambda world: {
        f"cho-{world.side.problem.pk}-choice": "sum",
        f"cho-{world.side.problem.pk}-reason": "Theo các mục",
    },
    "criteria:activation": _fixed(),
    "criteria:removal": _fixed(reason="Nhầm"),
    "criteria:new_version": lambda world: {"decision": world.side.draft.decision_id, "title": "Bản sau"},
    "criteria:comparison": _fixed(),
    "criteria:steps": lambda world: {"buoc": world.side.draft.steps.latest("pk").pk},
    "criteria:sources": _fixed(leaves=["1.2"], source=Source.SURVEY.value),
    "criteria:survey_block": _fixed(block_title="Điều tra xã hội học", block_points="30"),
    "criteria:add_content": _fixed(new_title="Nội dung mới", new_points="2"),
    "criteria:criterion": _criterion,
    "criteria:rule": _fixed(cach="manual"),
    "criteria:add_below": _fixed(new_title="Mục mới", new_points="2"),
    "criteria:move_criterion": lambda world: {
        "place": f"truoc-{world.side.draft.criteria.get(code='1.1').pk}"
    },
    "criteria:remove_criterion": _fixed(),
    "accounts:first_run": _fixed(),
    "accounts:organiser_open": _fixed(name="Cơ quan mới", full_name="Người Mới", username="nguoi.moi"),
    "accounts:administrator_add": _fixed(full_name="Người Mới", username="nguoi.moi"),
    "accounts:organiser_change": lambda world: {"name": world.side.organiser.name, "place": "Nơi khác"},
    "accounts:unit_add": lambda world: {
        "name": "Đơn vị mới",
        "code": "moi",
        "unit_type": world.side.units[0].unit_type_id,
    },
    "accounts:units_merge": lambda world: {
        "merged": [unit.pk for unit in world.side.units[:2]],
        "on": _day(),
        "target": "moi",
        "name": "Đơn vị gộp",
        "code": "gop",
        "unit_type": world.side.units[0].unit_type_id,
    },
    "accounts:units_import": _sealed(unit_catalogue.COLUMNS, UNITS),
    "accounts:unit_type_add": _fixed(name="Loại mới", code="loai-moi"),
    "accounts:unit_change": lambda world: {
        "name": "Tên khác",
        "code": world.side.units[0].code,
        "unit_type": world.side.units[0].unit_type_id,
    },
    "accounts:person_add": _fixed(full_name="Người Mới", username="nguoi.moi"),
    "accounts:people_import": _sealed(account_catalogue.COLUMNS, ACCOUNTS),
    "accounts:slips_again": _fixed(),
    "accounts:person_change": _fixed(full_name="Tên khác"),
    "accounts:person_active": _fixed(active="0"),
    "accounts:person_reset": _fixed(),
    "accounts:person_without_factor": _fixed(),
    "accounts:role_add": _fixed(role=Role.AUDITOR.value),
    "accounts:role_change": lambda world: {f"r{officers_role(world, world.side)}-valid_to": _day()},
    "accounts:role_withdraw": _fixed(),
    "account_logout": _fixed(),
    "account_reauthenticate": _fixed(password="sai"),
    "account_change_password": _fixed(oldpassword="sai"),
    "account_new_password": _fixed(),
    "mfa_authenticate": _fixed(code="000000"),
    "mfa_reauthenticate": _fixed(code="000000"),
    "mfa_activate_totp": _fixed(code="000000"),
    "mfa_deactivate_totp": _fixed(),
    "mfa_generate_recovery_codes": _fixed(),
    "switch_role": lambda world: {"role": key_of(Role.UNIT_OFFICER, world.side.units[0].pk)},
    "delegations": _delegates,
    "end_delegation": _fixed(),
}

# What has to be there beside the state; it goes again with the request.
GROUNDS: dict[str, Callable[[World], Any]] = {
    "assessments:setup_remove_group": empty_group,
    "assessments:setup_remove_unit": empty_file,
    "assessments:setup_version": later_version,
    "assessments:setup_version_export": later_version,
    "assessments:save_row:ban-giay": paper,
    "assessments:piece_delete": loose_piece,
    "assessments:progress_move:nop-thay": paper,
    "assessments:progress_move:ket-luan": all_concluded,
    "assessments:publishing": reviewed,
    "assessments:publishing_confirmation": reviewed,
    "criteria:activation": settled,
    "criteria:steps": changed,
    "accounts:person_without_factor": second_factor,
}

# What stands behind the “?” of an address.
QUERIES: dict[str, Callable[[World], str]] = {
    "assessments:setup_add_group": lambda world: f"bo={world.side.groups[0].framework_id}",
    **{
        f"assessments:appraisal_leaf:{verb}": lambda world: f"don-vi={world.side.units[0].code}"
        for verb in ("hoi", "cham-ket-luan", "cham-y-kien", "cham-de-xuat")
    },
}


def _account(name: str) -> Callable[[World], Any]:
    """A framework manager whose account is closed, or is another organiser's."""

    def made(world: World) -> None:
        side = world.side if name == CLOSED else world.other
        user = UserFactory(username=name, full_name=name, home=side.organiser, is_active=name != CLOSED)
        Membership.objects.create(user=user, role=Role.FRAMEWORK_MANAGER, organiser=world.side.organiser)

    return made


OF_ACCOUNTS = (
    "person",
    "person_change",
    "person_active",
    "person_reset",
    "person_without_factor",
    "role_add",
)
for _name in [f"accounts:{name}" for name in OF_ACCOUNTS]:
    for _state in OTHER_ACCOUNTS:
        GROUNDS[f"{_name}:{_state}"] = _account(_state)
        if _name in BODIES:
            BODIES[f"{_name}:{_state}"] = BODIES[_name]

# What is asked of a draft is asked of a framework in force and of a retired one too.
for _name in [name for name in names() if "framework_id" in next(keys_of(name))]:
    for _state in (IN_FORCE, RETIRED):
        for _kept in (BODIES, GROUNDS):
            if _name in _kept:
                _kept[f"{_name}:{_state}"] = _kept[_name]


def actions() -> Iterator[str]:
    """Everything that can be asked: each address read, and each form sent with each of its verbs."""
    for name in names():
        yield f"{name} GET"
        if "framework_id" in next(keys_of(name)):
            yield from (f"{name} GET {state}" for state in (IN_FORCE, RETIRED))
        if name == "accounts:person":
            yield from (f"{name} GET {state}" for state in OTHER_ACCOUNTS)
        for key in BODIES:
            if key == name or key.startswith(f"{name}:"):
                yield f"{name} POST {key[len(name) + 1 :]}".strip()
