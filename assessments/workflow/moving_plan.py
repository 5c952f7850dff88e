"""What moving a group to another version of its framework would do, row by row; nothing is changed here.

Criteria are the same where their lineage is. A word follows its leaf as long as the leaf is still scored,
its points come from the same source, and the rule of now can take what was said.
"""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from assessments.enums import Kept, RoundDuty
from assessments.exceptions import AssessmentError
from assessments.models import Group, RoundRole
from assessments.workflow.moving_reading import Reading
from assessments.workflow.moving_shapes import NOT_THERE, Fate, Pair, Plan, UnitPlan
from assessments.workflow.rounds import TIE_PARTS, require_in_force
from criteria.enums import NOT_SELF_SCORED, Source
from criteria.models import Criterion, Framework

DIVIDED = "Phiên bản mới chia mục này thành các mục nhỏ."
NO_SURVEY = "Nhóm không điều tra xã hội học nên mục này không tính."


def plan_of(group: Group, to: Framework) -> Plan:
    """What moving the group to this framework does, in a fixed number of queries.

    Raises AssessmentError for a framework to which the group cannot move.
    """
    old = group.used_framework
    require_follows(old, to)
    before, after = _rows(old), _rows(to)
    by_lineage = {row.lineage: row for row in after}
    pairs = tuple(_pair(row, by_lineage.get(row.lineage), group) for row in before if row.is_leaf)
    carried = {pair.new.pk for pair in pairs if pair.new is not None}
    if not carried:
        raise AssessmentError(
            f"“{to}” không có mục nào nối với “{old}”. Nối các mục của hai phiên bản trước khi chuyển."
        )
    fresh = tuple(row for row in after if row.is_leaf and _counts(row, group) and row.pk not in carried)
    reading = Reading(group, pairs, fresh)
    nodes = [Pair(row, by_lineage.get(row.lineage), NOT_THERE) for row in before]
    reading.read(nodes)
    codes = {
        row.code: new.code if (new := by_lineage.get(row.lineage)) is not None and new.level == 1 else None
        for row in before
        if row.level == 1
    }
    leads, obstacles, notes = _leads(group, codes)
    tie_breakers = _tie_breakers(group, codes, notes)
    unasked = [row for row in after if row.is_leaf and not _counts(row, group)]
    if unasked:
        notes.append(f"Nhóm không điều tra xã hội học nên {len(unasked)} mục khảo sát không tính.")
    return Plan(
        group=group,
        framework=old,
        to=to,
        pairs=pairs,
        nodes=tuple((pair.old, pair.new) for pair in nodes if pair.new is not None),
        fresh=fresh,
        units=reading.units,
        silent=tuple(reading.silent),
        leads=leads,
        tie_breakers=tie_breakers,
        notes=tuple(notes),
        obstacles=obstacles,
    )


def require_follows(old: Framework, to: Framework) -> None:
    """Raise AssessmentError unless a group with the one framework may move to the other."""
    require_in_force(to)
    if to.pk == old.pk:
        raise AssessmentError(f"Nhóm đang dùng “{to}”.")
    if to.unit_type_id != old.unit_type_id:
        raise AssessmentError(f"“{to}” dành cho loại đơn vị khác.")
    if to.decision.issuer_id != old.decision.issuer_id:
        raise AssessmentError(f"“{to}” do cơ quan khác ban hành.")
    if (to.decision.issued, to.version) < (old.decision.issued, old.version):
        raise AssessmentError(f"“{to}” cũ hơn bộ tiêu chí đang dùng.")


def _rows(framework: Framework) -> list[Criterion]:
    return list(framework.criteria.order_by("position"))


def _counts(leaf: Criterion, group: Group) -> bool:
    return leaf.source != Source.SURVEY or group.survey_id is not None


def _pair(old: Criterion, new: Criterion | None, group: Group) -> Pair:
    if new is None:
        return Pair(old, None, NOT_THERE)
    if not new.is_leaf:
        return Pair(old, None, DIVIDED)
    return Pair(old, new) if _counts(new, group) else Pair(old, None, NO_SURVEY)


# -- settings that name contents by their codes


def _leads(
    group: Group, codes: Mapping[str, str | None]
) -> tuple[tuple[tuple[RoundRole, list[str]], ...], tuple[str, ...], list[str]]:
    """Lead agencies whose contents have other codes now; who stands in the way; what to tell."""
    alone = not group.round.groups.exclude(pk=group.pk).exists()
    held = RoundRole.objects.filter(round=group.round_id, role=RoundDuty.LEAD_AGENCY)
    held = held.filter(Q(group=None) | Q(group=group)).select_related("user", "round", "group").order_by("pk")
    changed, obstacles, notes = [], [], []
    for role in held:
        now = [new for code in role.contents if (new := codes.get(code, code)) is not None]
        if now == role.contents:
            continue
        if role.group_id is None and not alone:
            obstacles.append(
                f"{role.user} chủ trì nội dung {', '.join(role.contents)} cho mọi nhóm của đợt, mà số "
                "nội dung khác đi ở phiên bản mới. Giao riêng cho từng nhóm trước."
            )
        elif not now:
            obstacles.append(
                f"{role.user} chủ trì nội dung {', '.join(role.contents)} mà phiên bản mới không có. Sửa "
                "phân công ở mục Hội đồng và phân công trước."
            )
        else:
            changed.append((role, now))
            notes.append(
                f"{role.user}: nội dung chủ trì đổi từ {', '.join(role.contents)} thành {', '.join(now)}."
            )
    return tuple(changed), tuple(obstacles), notes


def _tie_breakers(group: Group, codes: Mapping[str, str | None], notes: list[str]) -> tuple[str, ...]:
    kept = []
    for name in group.tie_breakers:
        new = name if name in TIE_PARTS else codes.get(name)
        if new is None:
            notes.append(f"Tiêu chí phụ khi bằng điểm: bỏ nội dung {name}, phiên bản mới không có.")
        else:
            kept.append(new)
    return tuple(kept)


def opens_for_unit(unit: UnitPlan, fresh: Iterable[Criterion]) -> bool:
    """Whether the unit's own people have something to write again, or for the first time."""
    own = any(line.kind == Kept.SELF and line.fate is Fate.OPENED for line in unit.lines)
    return own or any(row.source not in NOT_SELF_SCORED for row in fresh)
