"""A round small enough to check by hand, and one of any size, built by the application's own verbs."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from assessments.enums import Track
from assessments.models import AnnouncedResult, Assessment, Group, Publication, Round
from assessments.publication import publish
from assessments.words import Word
from assessments.workflow import GroupSettings, add_group, conclude, open_round, record_words
from criteria.enums import FrameworkState, Source
from criteria.models import Criterion, Decision, Framework
from criteria.workflow import activate
from parindex.accounts.models import Organiser, Unit, UnitType
from parindex.audit.events import COMMAND_LINE

BY = COMMAND_LINE
ALL_LETTERS = (
    "Ắ Ằ Ẳ Ẵ Ặ Ấ Ầ Ẩ Ẫ Ậ Ế Ề Ể Ễ Ệ Ố Ồ Ổ Ỗ Ộ Ớ Ờ Ở Ỡ Ợ Ứ Ừ Ử Ữ Ự Đ ắằẳẵặấầẩẫậếềểễệốồổỗộớờởỡợứừửữựđ ỷỹỵ"
)

# code, title, level, maximum, source; a node followed by deeper rows is no leaf.
SMALL_TREE = (
    ("1", "CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH CCHC", 1, "40", Source.SELF),
    ("1.1", "Kế hoạch cải cách hành chính", 2, "15", Source.SELF),
    ("1.1.1", "Ban hành kế hoạch đúng hạn", 3, "5", Source.SELF),
    ("1.1.2", "Mức độ hoàn thành kế hoạch", 3, "10", Source.SELF),
    ("1.10", "Tuyên truyền cải cách hành chính", 2, "25", Source.SELF),
    ("2", "CẢI CÁCH THỂ CHẾ", 1, "30", Source.SELF),
    ("2.1", "Kiểm tra, rà soát văn bản quy phạm pháp luật", 2, "30", Source.SELF),
    ("3", "TÁC ĐỘNG CỦA CCHC ĐẾN NGƯỜI DÂN, TỔ CHỨC", 1, "30", Source.SURVEY),
    ("3.1", "Mức độ hài lòng của người dân, tổ chức", 2, "30", Source.SURVEY),
)
SMALL_LEAVES = ("1.1.1", "1.1.2", "1.10", "2.1", "3.1")
SMALL_POINTS = {
    "A": ("5", "9.5", "20.25", "25", "22.88"),
    "B": ("5", "10", "25", "KAD", "27.5"),
    "C": ("2.5", "7.25", "10", "12.125", "15"),
}
SMALL_NAMES = {"A": "Phường Đông Hồ", "B": "Xã Mường So", "C": f"Xã {ALL_LETTERS[:40].strip()}"}
REASON = "Nộp chậm 02 ngày so với thời hạn; tài liệu kiểm chứng mới đủ một phần."


@dataclass(frozen=True)
class Built:
    """What was built."""

    round: Round
    group: Group
    organiser: Organiser


def build_framework(
    organiser: Organiser, unit_type: UnitType, tree: tuple[tuple[str, str, int, str, str], ...]
) -> Framework:
    """A framework in force with the rows of `tree`."""
    decision, _ = Decision.objects.get_or_create(
        number="3110/QĐ-UBND", issuer=organiser, defaults={"issued": dt.date(2022, 10, 28)}
    )
    framework = Framework.objects.create(
        decision=decision,
        unit_type=unit_type,
        version=1,
        title="Bộ tiêu chí cấp xã",
        state=FrameworkState.DRAFT,
        declared_total=sum((Decimal(row[3]) for row in tree if row[2] == 1), Decimal(0)),
    )
    stack: list[Criterion] = []
    for position, (code, title, level, points, source) in enumerate(tree):
        stack = stack[: level - 1]
        node = Criterion.objects.create(
            framework=framework,
            parent=stack[-1] if stack else None,
            content=stack[0] if stack else None,
            position=position + 1,
            code=code,
            level=level,
            title=title,
            is_leaf=position + 1 == len(tree) or tree[position + 1][2] <= level,
            max_points=Decimal(points),
            declared_points=Decimal(points),
            source=source,
            lead="Sở Nội vụ",
        )
        if level == 1:
            node.content = node
            node.save()
        stack.append(node)
    activate(framework, by=BY)
    framework.refresh_from_db()
    return framework


def build_group(
    points: dict[str, tuple[str, ...]],
    *,
    tree: tuple[tuple[str, str, int, str, str], ...] = SMALL_TREE,
    names: dict[str, str] | None = None,
    code: str = "thu-2024",
    settings: GroupSettings | None = None,
) -> Built:
    """A round with one group; `points` gives each unit's leaves in document order, KAD for not applicable."""
    organiser, _ = Organiser.objects.get_or_create(name="Ủy ban nhân dân tỉnh Thử Nghiệm", place="Thử Nghiệm")
    unit_type = UnitType.objects.create(code=f"xa-{code}", name="Ủy ban nhân dân cấp xã")
    framework = build_framework(organiser, unit_type, tree)
    units = [
        Unit.objects.create(
            organiser=organiser, code=unit, name=(names or {}).get(unit, f"Xã số {unit}"), unit_type=unit_type
        )
        for unit in points
    ]
    round = open_round(code=code, year=2024, organiser=organiser, by=BY)
    group = add_group(
        round=round,
        code="cap-xa",
        name="Ủy ban nhân dân các xã, phường",
        framework=framework,
        units=units,
        settings=settings or GroupSettings(),
        by=BY,
    )
    leaves = list(framework.criteria.filter(is_leaf=True).order_by("position"))
    words = [
        Word(
            assessment=assessment,
            criterion=leaf,
            points=None if value == "KAD" else Decimal(value),
            not_applicable=value == "KAD",
            reason="Không phát sinh nhiệm vụ."
            if value == "KAD"
            else ""
            if Decimal(value) == leaf.max_points
            else REASON,
        )
        for assessment in group.assessments.all()
        for leaf, value in zip(leaves, points[assessment.unit_code], strict=True)
        if value
    ]
    record_words(group, words, track=Track.CONCLUSION, by=BY, because="Dữ liệu thử")
    return Built(round=round, group=group, organiser=organiser)


def small_round(*, illustrative: bool = False) -> Built:
    """Three units, three contents, five leaves; unit A has an announced result that differs."""
    built = build_group(
        SMALL_POINTS,
        names=SMALL_NAMES,
        settings=GroupSettings(is_illustrative=illustrative, names_appraisers=True),
    )
    AnnouncedResult.objects.create(
        assessment=Assessment.objects.get(unit_code="A"),
        obtained=Decimal("82.66"),
        note="Phần mềm làm tròn từng tiêu chí.",
    )
    return built


def publish_round(built: Built, *, number: str = "123/QĐ-UBND", reason: str = "") -> Publication:
    """Conclude and publish."""
    conclude(built.group, by=BY)
    return publish(
        built.round,
        decision_number=number,
        signed=dt.date(2025, 3, 28),
        signer="Nguyễn Văn Mẫu",
        by=BY,
        reason=reason,
    )


def big_round(units: int, leaves: int, *, contents: int = 8, code: str = "lon-2024") -> Built:
    """A round of any size: contents with criteria as leaves, points that vary by unit and leaf."""
    per_content = [leaves // contents + (1 if place < leaves % contents else 0) for place in range(contents)]
    tree: list[tuple[str, str, int, str, str]] = []
    for content, count in enumerate(per_content, start=1):
        tree.append(
            (f"{content}", f"Nội dung thứ {content} về cải cách hành chính", 1, str(count), Source.SELF)
        )
        tree += [
            (
                f"{content}.{leaf}",
                f"Tiêu chí {content}.{leaf}: thực hiện nhiệm vụ cải cách hành chính đúng hạn",
                2,
                "1",
                Source.SELF,
            )
            for leaf in range(1, count + 1)
        ]
    points = {
        f"X{unit:04}": tuple(str(Decimal((unit * 7 + leaf * 13) % 101) / 100) for leaf in range(leaves))
        for unit in range(units)
    }
    return build_group(points, tree=tuple(tree), code=code)
