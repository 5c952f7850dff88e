"""A framework written to a workbook and read again is the same framework."""

import datetime as dt
import io
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.sample import frameworks as papers
from criteria.comparison import differences
from criteria.enums import NotApplicableMode, Source, Standing
from criteria.exceptions import RuleRefused
from criteria.models import Criterion, Decision, Framework
from criteria.rules import RuleKind, parameters_of, rule_of
from criteria.workbooks.framework_reader import read_framework
from criteria.workbooks.framework_writer import framework_workbook
from criteria.workbooks.report import ReadFramework
from criteria.workflow import criteria_read, store_draft
from parindex.accounts.models import Organiser, UnitType
from parindex.audit.events import COMMAND_LINE
from tests.factories.criteria import FrameworkInForceFactory

# What a reading gives back of a criterion; the row in the file and the thread are not the file's to tell.
FIELDS = [
    field.attname
    for field in Criterion._meta.concrete_fields
    if field.name not in {"id", "framework", "parent", "content", "position", "row", "lineage"}
]


def read_back(framework: Framework, rows: Sequence[Criterion]) -> ReadFramework:
    return read_framework(framework_workbook(framework, rows), filename="bo-tieu-chi.xlsx")


def told(row: Criterion) -> dict[str, Any]:
    """Every field of a criterion, its rule as the arithmetic has it."""
    values = {name: getattr(row, name) for name in FIELDS}
    values["rule_parameters"] = rule_of(row.rule_kind, row.rule_parameters, row.max_points)
    return values


def composed(text: str) -> str:
    """Text as forms and readings keep it."""
    return unicodedata.normalize("NFC", text).strip()


amounts = st.integers(0, 4000).map(lambda number: Decimal(number) / 100)
words = st.text(
    st.characters(blacklist_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp"), max_codepoint=0x1EFF),
    max_size=30,
)
cells = st.one_of(
    words,
    st.sampled_from(
        ["=SUM(A1)", "Tổng điểm", "- gạch đầu dòng", "1.10", "Tiêu chí", "không ghi", "a\nb\n\nc: 0,5"]
    ),
).map(composed)
titles = cells.filter(bool)


@st.composite
def rules(draw: st.DrawFn, most: Decimal) -> tuple[str, dict[str, Any]]:
    """A rule that fits this maximum."""
    kind = draw(st.sampled_from([*RuleKind]))
    if kind is RuleKind.KNOCK_OUT:
        inner, parameters = draw(rules(most).filter(lambda rule: rule[0] != RuleKind.KNOCK_OUT))
        return kind.value, {"inner": {"kind": inner} | parameters}
    part = st.one_of(
        st.integers(0, 100).map(lambda percent: {"percent": str(percent)}),
        st.integers(0, 100).map(lambda percent: str(most * percent / 100)),
    )
    names = st.lists(titles.map(lambda text: " ".join(text.split())), min_size=2, max_size=4, unique=True)
    named = [{"name": name, "amount": draw(part)} for name in draw(names)]
    bounds = sorted(draw(st.lists(st.integers(-50, 200), min_size=1, max_size=3, unique=True)))
    parameters: dict[RuleKind, Any] = {
        RuleKind.LEVELS: {"levels": [*named, {"name": "Trọn điểm", "amount": {"percent": "100"}}]},
        RuleKind.PARTS: {"parts": [{"name": "Cả mục", "amount": {"percent": "100"}}]},
        RuleKind.DEDUCTION: {"violations": named},
        RuleKind.RATIO: draw(st.sampled_from([{}, {"floor": "70"}, {"floor": "50.5", "may_exceed": True}])),
        RuleKind.STEPS: {
            "steps": [
                {
                    "bound": str(bound),
                    "boundary": draw(st.sampled_from(["above", "below"])),
                    "amount": {"percent": str(100 * (place + 1) // len(bounds))},
                }
                for place, bound in enumerate(bounds)
            ]
        },
        RuleKind.LINEAR: {"zero_at": "50", "full_at": "100"},
        RuleKind.COUNT: {"unit_points": "0.25"},
        RuleKind.SELF_ACCURACY: {
            "early_points": str(most),
            "judged_points": "0",
            "accurate_points": "0",
            "min_days_early": draw(st.integers(1, 9)),
        },
        RuleKind.IMPORTED: draw(st.sampled_from([{}, {"scale_max": "80"}])),
    }
    chosen = parameters.get(kind, {})
    try:
        return kind.value, parameters_of(rule_of(kind, chosen, most))
    except RuleRefused:
        return "manual", {}


@st.composite
def leaves(draw: st.DrawFn, code: str, level: int) -> Criterion:
    most = draw(amounts)
    kind, parameters = draw(rules(most))
    return Criterion(
        code=code,
        printed_code=draw(st.sampled_from(["", code, "a)", "I"])),
        level=level,
        title=draw(titles),
        is_leaf=True,
        declared_points=draw(st.sampled_from([most, None, Decimal("7.125")])),
        max_points=most,
        source=draw(st.sampled_from([*Source])).value,
        standing=draw(st.sampled_from([*Standing])).value,
        rule_kind=kind,
        rule_parameters=parameters,
        not_applicable_mode=draw(st.sampled_from([*NotApplicableMode])).value,
        evidence_required=draw(st.booleans()),
        lead=draw(cells),
        supporting=draw(cells),
        guidance=draw(cells),
        evidence=draw(cells),
        extra={name: text for name in ("Ghi chú", "Cấp", "2024") if (text := draw(cells))},
    )


@st.composite
def nodes(draw: st.DrawFn, code: str, level: int) -> list[Criterion]:
    """A node with everything below it, in document order; its code need not be its place."""
    below = draw(st.integers(0, 3)) if level < 3 else 0
    if not below:
        return [draw(leaves(code, level))]
    rows = [row for place in range(1, below + 1) for row in draw(nodes(f"{code}.{place}", level + 1))]
    unallocated = draw(st.sampled_from([Decimal(0), Decimal("0.5")]))
    total = sum((row.max_points for row in rows if row.level == level + 1), unallocated)
    head = Criterion(
        code=code,
        level=level,
        title=draw(titles),
        is_leaf=False,
        max_points=total,
        unallocated=unallocated,
        declared_points=draw(st.sampled_from([total, None, total + 1])),
        guidance=draw(cells),
        source=draw(st.sampled_from([Source.SELF, Source.SURVEY])).value,
    )
    return [head, *rows]


@st.composite
def trees(draw: st.DrawFn) -> list[Criterion]:
    starts = draw(st.permutations(range(1, draw(st.integers(1, 3)) + 1)))
    rows = [row for start in starts for row in draw(nodes(str(start), 1))]
    if draw(st.booleans()):
        block = Criterion(
            code="XHH",
            level=1,
            title="Điều tra xã hội học",
            is_leaf=True,
            is_survey_block=True,
            max_points=Decimal(30),
            source=Source.SURVEY.value,
            evidence_required=False,
        )
        rows.append(block)
    return rows


def framework_of(**fields: Any) -> Framework:
    """A framework outside of the database."""
    decision = Decision(number="1/QĐ-UBND", issued=dt.date(2024, 1, 5), issuer=Organiser(name="UBND"))
    return Framework(
        **{"decision": decision, "unit_type": UnitType(name="Xã"), "version": 1, "title": "Bộ tiêu chí"}
        | fields
    )


@settings(max_examples=150, deadline=None)
@given(trees(), st.sampled_from([None, Decimal(100)]), st.sampled_from([Decimal(0), Decimal("1.5")]))
def test_any_tree_comes_back_whole(
    rows: list[Criterion], declared: Decimal | None, unallocated: Decimal
) -> None:
    framework = framework_of(declared_total=declared, unallocated=unallocated, bonus_cap=declared)

    read = read_back(framework, rows)

    back = criteria_read(read, issuer=framework.decision.issuer, unit_type=None)
    assert [told(row) for row in back] == [told(row) for row in rows]
    assert (read.declared_total, read.unallocated, read.bonus_cap) == (declared, unallocated, declared)
    table = [row for row in rows if not row.is_survey_block]
    assert read.computed_total == sum((row.max_points for row in table if row.level == 1), unallocated)


@pytest.mark.django_db
@pytest.mark.parametrize("paper", ["phong_tho", "quang_ninh", "hoang_mai", "phuong_2"])
def test_the_papers_come_back_with_their_threads(paper: str) -> None:
    made = getattr(papers, paper)()
    for framework in made if isinstance(made, tuple) else (made,):
        rows = list(framework.criteria.order_by("position"))
        read = read_back(framework, rows)
        draft = store_draft(
            read,
            decision=framework.decision,
            unit_type=framework.unit_type,
            title=framework.title,
            file_name="",
            by=COMMAND_LINE,
        )

        again = list(draft.criteria.order_by("position"))
        assert differences(framework, draft) == []
        assert [told(row) for row in again] == [told(row) for row in rows]
        assert [row.rule_parameters for row in again] == [row.rule_parameters for row in rows]
        assert [row.lineage for row in again] == [row.lineage for row in rows]
        assert [row.parent and row.parent.code for row in again] == [
            row.parent and row.parent.code for row in rows
        ]
        assert (draft.declared_total, draft.unallocated) == (framework.declared_total, framework.unallocated)
        # A figure of the paper that is not the sum of its rows is chosen anew, as it always is.
        chosen = framework.problems.filter(kind="sum_mismatch").values_list("code", "declared", "computed")
        opened = draft.problems.values_list("code", "declared", "computed")
        assert list(opened) == list(chosen)


@pytest.mark.django_db
def test_points_are_exact_numbers_and_codes_are_text() -> None:
    framework = FrameworkInForceFactory(
        rows={"1.10": "79.24", "1.9": {"max_points": "0.125", "guidance": "=1+1"}}
    )

    content = framework_workbook(framework, framework.criteria.order_by("position"))

    sheet = openpyxl.load_workbook(io.BytesIO(content))["Bộ tiêu chí"]
    lines = {row[0].value: row for row in sheet.iter_rows(min_row=5)}
    assert lines["1.10"][0].data_type == "s"
    assert (lines["1.10"][3].value, lines["1.10"][3].number_format) == (79.24, "0.00")
    assert lines["1.9"][3].number_format == "0.000"
    assert (lines["1.9"][4].value, lines["1.9"][4].data_type) == ("=1+1", "s")
    assert lines["1"][2].font.bold
    assert lines["1.10"][2].alignment.indent == 1


def test_what_a_person_changes_in_the_workbook_is_checked() -> None:
    rows = [
        Criterion(
            code="1",
            level=1,
            title="Chỉ đạo",
            is_leaf=False,
            max_points=Decimal(5),
            declared_points=Decimal(5),
        ),
        Criterion(
            code="1.1",
            level=2,
            title="Kế hoạch",
            is_leaf=True,
            max_points=Decimal(2),
            declared_points=Decimal(2),
        ),
        Criterion(
            code="1.2",
            level=2,
            title="Báo cáo",
            is_leaf=True,
            max_points=Decimal(3),
            declared_points=Decimal(3),
        ),
    ]
    book = openpyxl.load_workbook(
        io.BytesIO(framework_workbook(framework_of(declared_total=Decimal(5)), rows))
    )
    sheet = book["Bộ tiêu chí"]
    sheet["D6"] = 4
    sheet["I6"] = "Trung ương chấm"
    sheet["J7"], sheet["K7"] = "Theo mức", "Tốt: 3\nKém"
    sheet["A8"], sheet["C8"] = "1.2", "Thêm"
    file = io.BytesIO()
    book.save(file)

    read = read_framework(file.getvalue(), filename="x.xlsx")

    assert [(one.kind, one.severity, one.cell) for one in read.problems] == [
        ("sum_mismatch", "error", "D5"),
        ("rule_unrecognised", "warning", "I6"),
        ("rule_unrecognised", "warning", "K7"),
        ("duplicate_code", "error", "A8"),
    ]
    assert "dòng 2: ghi theo mẫu" in read.problems[2].message
