"""Nothing that is not a person's to read is in any page, file, data or error that they can ask for."""

import html
import io
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from openpyxl import load_workbook

from tests.assessments.evidence_files import keep_files_in
from tests.rights.addresses import address, names
from tests.rights.asking import kept_as_it_was, read
from tests.rights.secrets import readers
from tests.rights.world import APPRAISAL, Side, World, build

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# A publisher who belongs to a unit is left out: workbooks of a provisional ranking hold all its points.
PEOPLE = ("officer", "recused", "member", "watching_member", "lead", "substitute", "chair")
# What a page shows more of where it is asked for.
VARIANTS = {
    "assessments:progress_file": ["?lich_su=tat-ca"],
    "assessments:progress_export": ["?nhom=xa"],
    "assessments:appraisal": ["", "?xem=don-vi", "?xem=ma-tran"],
    "assessments:appraisal_leaf": ["?don-vi={unit}", "?don-vi={unit}&vai=y-kien"],
    "assessments:appraisal_meeting": ["?loc=tat-ca"],
    "assessments:ranking": ["", "?ban=du-kien"],
    "assessments:unit": ["?mo=1", "?ban=du-kien&mo=1"],
    "assessments:unit_pdf": ["?ban=du-kien"],
    "assessments:ranking_workbook": ["?ban=du-kien"],
    "assessments:reconciliation": ["?ban=du-kien"],
}
LEFT_OUT = ("mfa_", "account_", "accounts:units_template", "accounts:people_template")


def pages(world: World, side: Side) -> Iterator[str]:
    """Every address of a side: those of a unit for its first two units, with their variants."""
    for name in names():
        if name.startswith(LEFT_OUT):
            continue
        first = address(world, name, side=side, variant="tiep-nhan")
        found = {first.replace(side.units[0].code, unit.code): unit.code for unit in side.units[:2]}
        for path, unit in found.items():
            for variant in VARIANTS.get(name, [""]):
                yield path + variant.format(unit=unit)
    for unit, use in zip(side.units, side.uses.values(), strict=True):
        yield f"/tai-lieu/cua-muc/{use.pk}/"
        yield f"/tai-lieu/{unit.pk}/"
        yield f"/tai-lieu/{unit.pk}/danh-muc.xlsx"
    for code in ("1.2", "2.1"):
        for unit in side.units[:2]:
            yield f"/dot/{side.round.code}/tham-dinh/xa/{code}/?don-vi={unit.code}"


def words(response: HttpResponse) -> str:
    """All text of an answer, of whatever kind it is."""
    content, kind = read(response), response.headers.get("Content-Type", "")
    if "spreadsheet" in kind:
        sheets = load_workbook(io.BytesIO(content)).worksheets
        return " ".join(
            str(value) for sheet in sheets for row in sheet.iter_rows(values_only=True) for value in row
        )
    if "pdf" in kind and content.count(b"obj") > 4:
        shown = subprocess.run(  # noqa: S603
            ["/usr/bin/pdftotext", "-", "-"], input=content, capture_output=True, check=False
        )
        return shown.stdout.decode()
    text = content.decode("utf-8", "replace")
    if "json" in kind:
        text = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
    heads = " ".join(map(str, response.headers.values()))
    return html.unescape(f"{text} {heads}")


def leaks(world: World, person: str, side: Side, forbidden: set[str]) -> Iterator[str]:
    for path in dict.fromkeys(pages(world, side)):
        with kept_as_it_was(world, person) as client:
            found = words(client.get(path))
        shown = sorted(one for one in forbidden if one in found)
        if shown:
            yield f"{person} {path}: {', '.join(shown)}"


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> None:
    keep_files_in(settings, tmp_path)


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("person", PEOPLE)
def test_nobody_reads_in_the_appraisal_what_is_not_theirs(person: str) -> None:
    world = build(APPRAISAL)
    forbidden = {text for text, people in readers(APPRAISAL) if person not in people} | {"Kin-B"}

    found = list(leaks(world, person, world.side, forbidden))

    assert not found, "\n".join(found)
