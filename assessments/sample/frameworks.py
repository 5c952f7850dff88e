"""Decisions and frameworks of the papers, read from the workbooks in fixtures/."""

import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from criteria.enums import Resolution, Severity, Source
from criteria.models import Decision, DeclaredContent, DeclaredStructure, Framework
from criteria.workbooks.framework_reader import read_framework
from criteria.workflow import activate, resolve_problem, set_source, set_survey_block, store_draft
from parindex.accounts.models import Organiser, UnitType
from parindex.audit.events import Actor

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
LOADER = Actor(id=None, name="Bộ dữ liệu mẫu")


def paper(name: str) -> Any:
    """A typed-out paper that is no table."""
    return json.loads((FIXTURES / "papers" / name).read_text(encoding="utf-8"))


def organiser(name: str, *, parent: str = "", place: str = "") -> Organiser:
    """An organiser of the sample."""
    found, _ = Organiser.objects.get_or_create(name=name, defaults={"parent_name": parent, "place": place})
    return found


def unit_type(code: str, name: str) -> UnitType:
    """A unit type of the sample."""
    found, _ = UnitType.objects.get_or_create(code=code, defaults={"name": name})
    return found


def read(
    file: str,
    *,
    decision: Decision,
    unit_type: UnitType,
    title: str,
    sheet: str | None = None,
    survey_leaves: Sequence[str] = (),
) -> Framework:
    """A draft read from one of the workbooks."""
    content = (FIXTURES / file).read_bytes()
    table = read_framework(content, filename=file, sheet=sheet, survey_leaves=survey_leaves)
    return store_draft(table, decision=decision, unit_type=unit_type, title=title, file_name=file, by=LOADER)


def phong_tho() -> Framework:
    """Phong Thổ 2023: 8 contents, 87 leaves; 8.1–8.6 and 8.10 come from surveys."""
    issuer = organiser("Ủy ban nhân dân tỉnh Lai Châu", place="Lai Châu")
    decision = Decision.objects.create(
        number="",
        issued=dt.date(2023, 12, 31),
        issuer=issuer,
        title="Bộ tiêu chí xác định Chỉ số cải cách hành chính của UBND các huyện, thành phố",
        note=(
            "Báo cáo của huyện Phong Thổ không ghi số và ngày quyết định ban hành bộ tiêu chí; "
            "ngày ở đây là ngày cuối năm đánh giá."
        ),
    )
    framework = read(
        "phong-tho-2023.xlsx",
        decision=decision,
        unit_type=unit_type("ubnd-cap-huyen", "UBND các huyện, thị xã, thành phố"),
        title="Bộ tiêu chí huyện, thành phố tỉnh Lai Châu năm 2023",
        survey_leaves=("8.1", "8.2", "8.3", "8.4", "8.5", "8.6", "8.10"),
    )
    activate(framework, by=LOADER)
    return framework


def quang_ninh() -> Framework:
    """Quảng Ninh 2022: four declared structures, and the districts' table as Đông Triều printed it."""
    issuer = organiser("Ủy ban nhân dân tỉnh Quảng Ninh", place="Quảng Ninh")
    earlier = Decision.objects.create(
        number="4028/QĐ-UBND",
        issued=dt.date(2021, 11, 15),
        issuer=issuer,
        title="Quy định về việc xác định Chỉ số cải cách hành chính",
    )
    decision = Decision.objects.create(
        number="",
        issued=dt.date(2022, 11, 30),
        issuer=issuer,
        title="Ban hành Bộ tiêu chí và phương pháp xác định Chỉ số cải cách hành chính",
        replaces=earlier,
        note=(
            "Bản hiện có không ghi số và ngày; Tờ trình của Sở Nội vụ ký ngày 11/11/2022. "
            "Bảng của cấp huyện lấy từ phụ lục Kế hoạch số 198/KH-UBND ngày 10/07/2023 của UBND thị xã "
            "Đông Triều: 51 tiêu chí có số thứ tự và một dòng SIPAS không có số; 59 tiêu chí thành phần "
            "không có trong văn bản nào."
        ),
    )
    for position, group in enumerate(paper("quang-ninh-2022.json")["nhom"], start=1):
        _declare(decision, position, group)
    framework = read(
        "dong-trieu-2023.xlsx",
        decision=decision,
        unit_type=UnitType.objects.get(code="ubnd-cap-huyen"),
        title="Bộ tiêu chí cấp huyện tỉnh Quảng Ninh năm 2022",
        survey_leaves=("2.5", "4.4", "5.9", "6.5", "7.3", "8.8"),
    )
    set_source(framework, codes=("7.1", "7.2"), source=Source.IMPORTED, by=LOADER)
    activate(framework, by=LOADER)
    return framework


def _declare(decision: Decision, position: int, group: dict[str, Any]) -> None:
    structure = DeclaredStructure.objects.create(
        decision=decision,
        unit_type=unit_type(group["ma"], group["ten"]),
        position=position,
        units=group["so_don_vi"],
        contents=group["tong"]["noi_dung"],
        criteria=group["tong"]["tieu_chi"],
        components=group["tong"]["tieu_chi_thanh_phan"],
        appraised_max=Decimal(group["tham_dinh_toi_da"]),
        survey_max=Decimal(group["xhh_toi_da"]),
        sipas_max=Decimal(group["sipas"]),
        staff_max=Decimal(group["cong_chuc"]),
        departments_max=Decimal(group.get("khao_sat_so_ban_nganh", "0")),
    )
    DeclaredContent.objects.bulk_create(
        DeclaredContent(
            structure=structure,
            position=place,
            title=row["noi_dung"],
            criteria=row["tieu_chi"],
            components=row["tieu_chi_thanh_phan"],
        )
        for place, row in enumerate(group["cau_truc"], start=1)
    )


def hoang_mai() -> tuple[Framework, Framework]:
    """Hoàng Mai 2024: departments (declared 70, computed 69: the sum holds) and wards (70)."""
    issuer = organiser(
        "Ủy ban nhân dân quận Hoàng Mai", parent="Ủy ban nhân dân thành phố Hà Nội", place="Hoàng Mai"
    )
    decision = Decision.objects.create(
        number="351/QĐ-UBND",
        issued=dt.date(2024, 7, 10),
        issuer=issuer,
        title=(
            "Ban hành Khung Chỉ số cải cách hành chính áp dụng đối với các phòng chuyên môn và "
            "Ủy ban nhân dân các phường thuộc quận Hoàng Mai"
        ),
        note=(
            "Số quyết định in một lần là “35M”, một lần là “351”. "
            "Thay thế Quyết định số 11685/QĐ-UBND ngày 22/10/2021 "
            "và Quyết định số 2781/QĐ-UBND ngày 07/09/2022."
        ),
    )
    offices = read(
        "hoang-mai-2024.xlsx",
        sheet="Phụ lục 1",
        decision=decision,
        unit_type=unit_type("phong-chuyen-mon", "Phòng chuyên môn thuộc quận"),
        title="Khung Chỉ số CCHC các phòng chuyên môn quận Hoàng Mai năm 2024",
    )
    for problem in offices.problems.filter(severity=Severity.ERROR, resolution=""):
        resolve_problem(
            problem,
            choice=Resolution.SUM,
            reason="Điểm từng tiêu chí khớp với phụ lục; dòng nội dung 3 cộng nhầm.",
            by=Actor(id=None, name="Đỗ Minh Châu"),
        )
    wards = read(
        "hoang-mai-2024.xlsx",
        sheet="Phụ lục 2",
        decision=decision,
        unit_type=unit_type("ubnd-phuong", "Ủy ban nhân dân phường"),
        title="Khung Chỉ số CCHC các phường quận Hoàng Mai năm 2024",
    )
    for framework in (offices, wards):
        set_survey_block(framework, title="Điều tra xã hội học", points=Decimal(30), by=LOADER)
        activate(framework, by=LOADER)
    return offices, wards


def phuong_2() -> Framework:
    """Phường 2, thị xã Quảng Trị 2022: a letter that has only contents, which are then the leaves."""
    issuer = organiser("Ủy ban nhân dân thị xã Quảng Trị", place="Quảng Trị")
    decision = Decision.objects.create(
        number="",
        issued=dt.date(2022, 12, 28),
        issuer=issuer,
        title="Nội dung, phương pháp xác định Chỉ số cải cách hành chính của UBND các phường, xã",
        note="Công văn số 143/UBND-VP ngày 05/04/2023 của UBND Phường 2 chỉ nêu điểm của bảy nội dung.",
    )
    framework = read(
        "phuong-2-2022.xlsx",
        decision=decision,
        unit_type=unit_type("ubnd-xa-phuong", "UBND xã, phường"),
        title="Chỉ số CCHC các phường, xã thị xã Quảng Trị năm 2022",
    )
    activate(framework, by=LOADER)
    return framework
