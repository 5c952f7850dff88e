"""Rounds of the sample: real points where a paper prints them, generated ones elsewhere."""

import datetime as dt
from decimal import Decimal

from assessments.enums import Measure, Stage, Track
from assessments.models import AnnouncedResult, Assessment, Group, PaperFigure, Round
from assessments.publication import publish
from assessments.sample import frameworks
from assessments.sample.frameworks import FIXTURES, LOADER, organiser, paper
from assessments.sample.generated import concluded_words, own_words
from assessments.score_import import import_announced, import_scores
from assessments.workflow import GroupSettings, add_group, conclude, open_round, record_words
from assessments.workflow.rounds import add_declared_group
from criteria.models import Criterion, DeclaredStructure, Framework
from parindex.accounts.resources import units_from_file


def add(
    round: Round,
    code: str,
    name: str,
    framework: Framework,
    units: str,
    settings: GroupSettings,
    structure: DeclaredStructure | None = None,
) -> Group:
    """A group with the units of one of the lists in fixtures/units/."""
    listed = units_from_file(
        (FIXTURES / "units" / units).read_bytes(),
        units,
        organiser=round.organiser,
        unit_type=framework.unit_type,
    )
    return add_group(
        round=round,
        code=code,
        name=name,
        framework=framework,
        units=listed,
        settings=settings,
        structure=structure,
        by=LOADER,
    )


def load_scores(round: Round, file: str, stage: Stage) -> None:
    """Points from one of the files in fixtures/scores/, read as an office's file is read."""
    content = (FIXTURES / "scores" / file).read_bytes()
    groups = list(round.groups.filter(framework__isnull=False).select_related("framework", "survey"))
    if stage == Stage.PUBLISHED:
        import_announced(content, filename=file, groups=groups, by=LOADER)
    else:
        import_scores(content, filename=file, groups=groups, stage=stage, by=LOADER)


def leaves_of(group: Group) -> list[Criterion]:
    """The leaves that count in a group."""
    leaves = group.used_framework.criteria.filter(is_leaf=True).order_by("position")
    return [leaf for leaf in leaves if group.survey_id or not leaf.is_survey_block]


def generate(group: Group, assessments: list[Assessment]) -> None:
    """Self-scores and conclusions for every leaf of these units."""
    leaves = leaves_of(group)
    note = "Số liệu minh họa"
    record_words(group, list(own_words(assessments, leaves)), track=Track.SELF, by=LOADER, because=note)
    words = list(concluded_words(assessments, leaves))
    record_words(group, words, track=Track.CONCLUSION, by=LOADER, because=note)


def phong_tho_2023() -> None:
    """Phong Thổ's real appraised and survey points, with the announced 79,27 beside 79,24."""
    round = open_round(
        code="phong-tho-2023",
        year=2023,
        organiser=organiser(
            "Sở Nội vụ tỉnh Lai Châu", parent="Ủy ban nhân dân tỉnh Lai Châu", place="Lai Châu"
        ),
        title="Chỉ số cải cách hành chính cấp huyện tỉnh Lai Châu năm 2023",
        note=(
            "Điểm của huyện Phong Thổ là thật, lấy từ báo cáo của Phòng Nội vụ huyện. Tài liệu không có điểm "
            "của các huyện, thành phố khác. Số quyết định công bố trên trang này là số tạm đặt."
        ),
        by=LOADER,
    )
    group = add(
        round, "huyen", "UBND huyện, thành phố", frameworks.phong_tho(), "phong-tho.csv", GroupSettings()
    )
    load_scores(round, "phong-tho-2023-appraised.csv", Stage.APPRAISED)
    load_scores(round, "phong-tho-2023-survey.csv", Stage.SURVEY)
    load_scores(round, "phong-tho-2023-published.csv", Stage.PUBLISHED)
    AnnouncedResult.objects.filter(assessment__group=group).update(
        note="Ghi chú của huyện: chênh lệch do làm tròn từng tiêu chí nhỏ trên phần mềm chấm điểm."
    )
    conclude(group, by=LOADER)
    publish(
        round,
        decision_number="01/QĐ-TẠM",
        signed=dt.date(2024, 3, 27),
        signer="Chủ tịch UBND tỉnh",
        by=LOADER,
    )


def quang_ninh_2022() -> None:
    """Four unit types; the districts with Đông Triều's real points and twelve generated ones."""
    framework = frameworks.quang_ninh()
    round = open_round(
        code="quang-ninh-2022",
        year=2022,
        organiser=organiser(
            "Sở Nội vụ tỉnh Quảng Ninh", parent="Ủy ban nhân dân tỉnh Quảng Ninh", place="Quảng Ninh"
        ),
        title="Chỉ số cải cách hành chính tỉnh Quảng Ninh năm 2022",
        dates={
            "self_scoring_until": dt.date(2023, 1, 9),
            "compiling_until": dt.date(2023, 1, 31),
            "appraisal_until": dt.date(2023, 2, 15),
            "publication_until": dt.date(2023, 3, 30),
        },
        note=(
            "Điểm năm 2022 và mục tiêu năm 2023 của thị xã Đông Triều là thật; điểm của 12 địa phương khác "
            "do chương trình sinh ra để minh họa. Số quyết định công bố trên trang này là số tạm đặt."
        ),
        by=LOADER,
    )
    for structure in DeclaredStructure.objects.filter(decision=framework.decision).order_by("position"):
        if structure.unit_type_id == framework.unit_type_id:
            settings = GroupSettings(is_illustrative=True)
            group = add(
                round,
                structure.unit_type.code,
                structure.unit_type.name,
                framework,
                "quang-ninh-huyen.csv",
                settings,
                structure,
            )
        else:
            # No paper gives the criteria of this type of unit: only its declared structure is shown.
            add_declared_group(round, structure, by=LOADER)
    load_scores(round, "dong-trieu-2022-appraised.csv", Stage.APPRAISED)
    load_scores(round, "dong-trieu-2022-survey.csv", Stage.SURVEY)
    load_scores(round, "dong-trieu-2023-target.csv", Stage.TARGET)
    load_scores(round, "dong-trieu-2022-published.csv", Stage.PUBLISHED)
    generate(group, list(group.assessments.exclude(unit_code="dong-trieu")))
    conclude(group, by=LOADER)
    publish(
        round,
        decision_number="02/QĐ-TẠM",
        signed=dt.date(2023, 3, 28),
        signer="Chủ tịch UBND tỉnh",
        by=LOADER,
    )


def hoang_mai_2024() -> Framework:
    """Twelve offices and fourteen wards with generated points, no survey. Returns the wards' framework."""
    offices, wards = frameworks.hoang_mai()
    for code, title, framework, units, name, number in (
        (
            "hoang-mai-phong-2024",
            "các phòng chuyên môn",
            offices,
            "hoang-mai-phong.csv",
            "Phòng chuyên môn",
            "03",
        ),
        (
            "hoang-mai-phuong-2024",
            "các phường",
            wards,
            "hoang-mai-phuong.csv",
            "Ủy ban nhân dân phường",
            "04",
        ),
    ):
        round = open_round(
            code=code,
            year=2024,
            organiser=organiser("Ủy ban nhân dân quận Hoàng Mai"),
            title=f"Chỉ số cải cách hành chính {title} quận Hoàng Mai năm 2024",
            note=(
                "Bộ tiêu chí là thật; điểm của các đơn vị do chương trình sinh ra để minh họa. "
                "Số quyết định công bố trên trang này là số tạm đặt."
            ),
            by=LOADER,
        )
        settings = GroupSettings(holds_survey=False, is_illustrative=True)
        group = add(round, framework.unit_type.code, name, framework, units, settings)
        generate(group, list(group.assessments.all()))
        conclude(group, by=LOADER)
        publish(
            round,
            decision_number=f"{number}/QĐ-TẠM",
            signed=dt.date(2025, 1, 15),
            signer="Chủ tịch UBND quận",
            by=LOADER,
        )
    return wards


def phuong_2_2022() -> None:
    """Phường 2's letter: contents as leaves, the announced result and every lost point it lists."""
    round = open_round(
        code="phuong-2-2022",
        year=2022,
        organiser=organiser("Phòng Nội vụ thị xã Quảng Trị", parent="Ủy ban nhân dân thị xã Quảng Trị"),
        title="Chỉ số cải cách hành chính các phường, xã thị xã Quảng Trị năm 2022",
        note=(
            "Điểm từng nội dung lấy từ Công văn số 143/UBND-VP ngày 05/04/2023 của UBND Phường 2. "
            "Công văn cộng không khớp với kết quả đã công bố; từng chỗ chênh nêu ở trang đối chiếu số liệu."
        ),
        by=LOADER,
    )
    settings = GroupSettings(holds_survey=False)
    group = add(round, "phuong-xa", "UBND phường, xã", frameworks.phuong_2(), "phuong-2.csv", settings)
    load_scores(round, "phuong-2-2022-appraised.csv", Stage.APPRAISED)
    load_scores(round, "phuong-2-2022-published.csv", Stage.PUBLISHED)
    _lost_points(group.assessments.get())
    conclude(group, by=LOADER)
    publish(
        round,
        decision_number="1428/QĐ-UBND",
        signed=dt.date(2022, 12, 28),
        signer="Chủ tịch UBND thị xã",
        by=LOADER,
    )


def _lost_points(assessment: Assessment) -> None:
    """The points that the letter says were lost, per content and item, kept as printed."""
    letter = paper("phuong-2-2022.json")
    contents = {row.code: row for row in leaves_of(assessment.group)}
    stated = [
        PaperFigure(
            assessment=assessment,
            criterion=None,
            measure=Measure.LOST,
            value=Decimal(letter["cong_bo"]["diem_bi_tru"]),
            label="Công văn ghi tổng số điểm bị trừ.",
        )
    ]
    for code, _, _, _, lost in letter["noi_dung"]:
        stated.append(
            PaperFigure(
                assessment=assessment, criterion=contents[code], measure=Measure.LOST, value=Decimal(lost)
            )
        )
    for position, (code, label, lost) in enumerate(letter["diem_tru"], start=1):
        stated.append(
            PaperFigure(
                assessment=assessment,
                criterion=contents[code],
                measure=Measure.LOST_ITEM,
                position=position,
                value=None if lost is None else Decimal(lost),
                label=label,
            )
        )
    PaperFigure.objects.bulk_create(stated)
