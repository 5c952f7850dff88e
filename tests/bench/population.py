"""Rounds as large as a country: a framework of 150 leaves and groups of up to 3,321 concluded units.

Rows go in by bulk_create, and the half million scores by one statement: the verbs, which write an
event for every word, take minutes. What is stored is what they would have stored.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from assessments.enums import AssessmentState
from assessments.models import Assessment, ClassBand, Group, Publication, Round
from assessments.publication import publish
from assessments.scorecard import DEFAULT_SCALE
from criteria.enums import Source
from criteria.models import Criterion, Decision, Framework
from criteria.workflow import activate
from parindex.accounts.models import Organiser, Unit, UnitType
from parindex.audit.events import COMMAND_LINE
from parindex.sorting import sort_key
from surveys.models import Campaign

CONTENTS = 8
CRITERIA = 32
LEAVES = 150
GROUP_CODE = "cap-xa"
MAXIMA = tuple(Decimal(text) for text in ("0.5", "1", "0.25", "0.75"))
REASON = "Nộp chậm 02 ngày so với thời hạn; tài liệu kiểm chứng mới đủ một phần."
AUTHOR = "Hội đồng thẩm định"
YEAR = 2024
# A concluded score for every unit and leaf: quarters of its maximum, most often all four of them,
# scattered and the same on every run.
FILL = """
INSERT INTO assessments_score (assessment_id, criterion_id, track, facts, points, not_applicable, reason,
                               author_name, at, obtained, attainable, version)
SELECT unit_id, leaf_id, 'conclusion', '{}', max_points * quarters / 4, FALSE,
       CASE WHEN quarters = 4 THEN '' ELSE %s END, %s, %s, max_points * quarters / 4, max_points, 1
FROM (
    SELECT unit_id, leaf_id, max_points, CASE WHEN scattered > 4 THEN 4 ELSE scattered END AS quarters
    FROM (
        SELECT a.id AS unit_id, c.id AS leaf_id, c.max_points,
               (a.id * 7919 + c.position * 104729 + a.id * c.position * 31) / 16 %% 8 AS scattered
        FROM assessments_assessment a
        JOIN criteria_criterion c ON c.framework_id = (
            SELECT framework_id FROM assessments_group WHERE id = a.group_id
        )
        WHERE a.group_id = %s AND c.is_leaf
    ) AS scattering
) AS words
"""


def round_code(size: int) -> str:
    """The code of the round whose one group has this many units."""
    return f"do-{size}"


def unit_code(number: int) -> str:
    """The code of the nth unit, counted from nought."""
    return f"xa-{number:04}"


def populate(sizes: Sequence[int]) -> None:
    """One framework in force, and for each size a round with one group whose units are all concluded."""
    organiser = Organiser.objects.create(name="Ủy ban nhân dân tỉnh Đo Tốc Độ", place="Đo Tốc Độ")
    unit_type = UnitType.objects.create(code=GROUP_CODE, name="Ủy ban nhân dân cấp xã")
    framework = _framework(organiser, unit_type)
    campaign = Campaign.objects.create(
        organiser=organiser, unit_type=unit_type, year=YEAR, title="Điều tra xã hội học năm 2024"
    )
    names = (f"Xã Nậm Đích số {number}" for number in range(max(sizes)))
    units = Unit.objects.bulk_create(
        Unit(
            organiser=organiser,
            unit_type=unit_type,
            code=unit_code(number),
            name=name,
            sort_key=sort_key(name),
        )
        for number, name in enumerate(names)
    )
    for size in sizes:
        _fill(_group(size, organiser, framework, campaign), units[:size])


def publish_round(size: int) -> Publication:
    """Publish the round of this size as the application does."""
    return publish(
        Round.objects.get(code=round_code(size)),
        decision_number="123/QĐ-UBND",
        signed=dt.date(2025, 3, 28),
        signer="Người ký mẫu",
        by=COMMAND_LINE,
    )


def _framework(organiser: Organiser, unit_type: UnitType) -> Framework:
    """A framework in force: contents, criteria spread over them, leaves spread over the criteria."""
    decision = Decision.objects.create(number="3110/QĐ-UBND", issued=dt.date(2024, 1, 5), issuer=organiser)
    framework = Framework.objects.create(
        decision=decision, unit_type=unit_type, version=1, title="Bộ tiêu chí cấp xã"
    )
    contents = [_node(framework, None, place, CONTENTS) for place in range(CONTENTS)]
    criteria = [_node(framework, contents[place % CONTENTS], place, CRITERIA) for place in range(CRITERIA)]
    leaves = [_node(framework, criteria[place % CRITERIA], place, LEAVES) for place in range(LEAVES)]
    for leaf in leaves:
        leaf.is_leaf = True
        leaf.max_points = MAXIMA[leaf.position % len(MAXIMA)]
        leaf.source = Source.SURVEY if leaf.code.startswith(f"{CONTENTS}.") else Source.SELF
        _add_above(leaf)
    everything = sorted(contents + criteria + leaves, key=_document_order)
    for position, node in enumerate(everything, start=1):
        node.position = position
    for level in (contents, criteria, leaves):
        for node in level:
            # Now that the level above has its keys.
            node.parent = node.parent
            node.content = node.parent and (node.parent.content or node.parent)
        Criterion.objects.bulk_create(level)
    for content in contents:
        content.content = content
    Criterion.objects.bulk_update(contents, ["content"])
    activate(framework, by=COMMAND_LINE)
    return framework


def _node(framework: Framework, parent: Criterion | None, place: int, of: int) -> Criterion:
    """The next child of a parent; its points and position follow once the tree stands."""
    above = f"{parent.code}." if parent else ""
    siblings = {CONTENTS: 1, CRITERIA: CONTENTS, LEAVES: CRITERIA}[of]
    code = f"{above}{place // siblings + 1}"
    return Criterion(
        framework=framework,
        parent=parent,
        position=place,
        code=code,
        level=parent.level + 1 if parent else 1,
        title=f"Mục {code}: thực hiện nhiệm vụ cải cách hành chính theo kế hoạch năm, đúng thời hạn quy định",
        is_leaf=False,
        max_points=Decimal(0),
        lead="Sở Nội vụ",
    )


def _document_order(node: Criterion) -> list[int]:
    return [int(part) for part in node.code.split(".")]


def _add_above(leaf: Criterion) -> None:
    above = leaf.parent
    while above is not None:
        above.max_points += leaf.max_points
        above = above.parent


def _group(size: int, organiser: Organiser, framework: Framework, campaign: Campaign) -> Group:
    opened = Round.objects.create(
        code=round_code(size),
        title=f"Chỉ số cải cách hành chính năm {YEAR}, {size} đơn vị",
        year=YEAR,
        organiser=organiser,
    )
    group = Group.objects.create(
        round=opened,
        code=GROUP_CODE,
        name="Ủy ban nhân dân các xã, phường",
        position=1,
        framework=framework,
        survey=campaign,
    )
    ClassBand.objects.bulk_create(
        ClassBand(group=group, position=position, name=name, lower=Decimal(lower))
        for position, (name, lower) in enumerate(DEFAULT_SCALE, start=1)
    )
    return group


def _fill(group: Group, units: Sequence[Unit]) -> None:
    Assessment.objects.bulk_create(
        Assessment(
            group=group,
            unit=unit,
            unit_code=unit.code,
            unit_name=unit.name,
            unit_sort_key=unit.sort_key,
            state=AssessmentState.CONCLUDED,
        )
        for unit in units
    )
    with connection.cursor() as cursor:
        cursor.execute(FILL, [REASON, AUTHOR, timezone.now(), group.pk])
