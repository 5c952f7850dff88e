"""Survey points: the table of a group, one leaf as a form, and a workbook with a preview of its changes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from assessments.exceptions import AssessmentError
from assessments.forms.survey import ColumnForm, UploadForm
from assessments.models import Assessment, Group, Round
from assessments.permissions.publishing import can_publish, check_publish, own_units
from assessments.progress import unit_named
from assessments.survey_points import (
    CellRefused,
    Entry,
    FileRefused,
    Mode,
    StaleSurvey,
    SurveyCell,
    Typed,
    cells_of,
    entry_of,
    mode_of_column,
    modes_of,
    read_workbook,
    save_points,
    scored_count,
    survey_leaves,
    template,
)
from assessments.views.publishing import CONFLICT, READS, UNPROCESSABLE, WRITES, load_own_round
from criteria.models import Criterion
from criteria.views.common import person
from parindex.access import signed_in
from parindex.listing import Keys, list_file, listed, wanted_file, words
from parindex.sheets import Column

PAGE_SIZE = 50
PREVIEW_ROWS = 300
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SALT = "survey-points"
PREVIEW_SECONDS = 4 * 60 * 60


@dataclass(frozen=True, slots=True)
class TableRow:
    """A unit's file with its cells, in the order of the leaves."""

    file: Assessment
    cells: list[SurveyCell]


def _groups(round: Round) -> list[Group]:
    """The groups that hold a survey."""
    groups = round.groups.filter(framework__isnull=False, survey__isnull=False)
    return list(groups.select_related("framework", "survey", "round__organiser").order_by("position"))


def _group(groups: Sequence[Group], code: str) -> Group:
    group = next((one for one in groups if one.code == code), None)
    if group is None:
        raise Http404("Đợt đánh giá không có nhóm nào như vậy tổ chức điều tra xã hội học.")
    return group


def _files(group: Group) -> Any:
    return group.assessments.select_related("unit").order_by("unit_sort_key", "pk")


def _url(round: Round, group: Group) -> str:
    return f"{reverse('assessments:survey_points', args=[round.code])}?nhom={group.code}"


@signed_in(f"{READS}; ghi điểm: {WRITES}")
def survey_points(request: HttpRequest, round_code: str) -> HttpResponse:
    """Units × survey leaves of one group, with samples and their margins."""
    round = load_own_round(request, round_code)
    return _table(request, round, request.GET.get("nhom", ""))


def _table(
    request: HttpRequest,
    round: Round,
    group_code: str,
    *,
    form: UploadForm | None = None,
    problems: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    groups = _groups(round)
    context: dict[str, Any] = {
        "round": round,
        "groups": groups,
        "is_publisher": can_publish(request.user, round),
        "form": form or UploadForm(),
        "problems": problems,
        "nav_current": "rounds",
    }
    if groups:
        group = _group(groups, group_code or groups[0].code)
        leaves = survey_leaves(group)
        sought = words(request, "Tên đơn vị")
        rows = _rows(list(_files(group).filter(unit_named(sought.value))), leaves)
        found = listed(request, rows, _keys(leaves), [sought])
        if kind := wanted_file(request):
            return _table_file(kind, group, leaves, found["rows"])
        context |= found | {
            "group": group,
            "leaves": leaves,
            "headings": [("ten", "Đơn vị"), *((leaf.code, f"Mục {leaf.code}") for leaf in leaves)],
        }
    return render(request, "assessments/survey/table.html", context, status=status)


def _rows(files: Sequence[Assessment], leaves: Sequence[Criterion]) -> list[TableRow]:
    cells = cells_of(files, leaves)
    return [TableRow(file, [cells[file.pk, leaf.pk] for leaf in leaves]) for file in files]


def _keys(leaves: Sequence[Criterion]) -> Keys[TableRow]:
    """By which the table sorts: the unit's name, or the points of one leaf."""
    places = {leaf.code: place for place, leaf in enumerate(leaves)}

    def points(place: int) -> Callable[[TableRow], Any]:
        def of_row(row: TableRow) -> Any:
            score = row.cells[place].score
            return score and score.obtained

        return of_row

    return {
        "ten": lambda row: row.file.unit_sort_key,
        **{code: points(place) for code, place in places.items()},
    }


def _table_file(
    kind: str, group: Group, leaves: Sequence[Criterion], rows: Sequence[TableRow]
) -> HttpResponse:
    """The table as found: points and valid forms of each leaf."""
    columns = [Column("unit", "Đơn vị", width=40)]
    for leaf in leaves:
        columns += [
            Column(leaf.code, leaf.code, width=12),
            Column("forms", f"{leaf.code}, số phiếu", width=12),
        ]
    lines = []
    for row in rows:
        line: list[object] = [row.file.unit_name]
        for cell in row.cells:
            score, sample = cell.score, cell.sample
            kad = bool(score and score.not_applicable)
            line += ["KAD" if kad else score and score.obtained, sample and sample.forms_valid]
        lines.append(line)
    return list_file(kind, f"diem-dieu-tra-{group.round.code}-{group.code}", "Điểm điều tra", columns, lines)


@signed_in(f"{READS}; ghi điểm: {WRITES}")
@require_http_methods(["GET", "HEAD", "POST"])
def survey_leaf(request: HttpRequest, round_code: str, group_code: str, leaf_code: str) -> HttpResponse:
    """One survey leaf over the units of a group: value, forms issued and valid, saved together."""
    round = load_own_round(request, round_code)
    group = _group(_groups(round), group_code)
    leaves = survey_leaves(group)
    leaf = next((one for one in leaves if one.code == leaf_code), None)
    if leaf is None:
        raise Http404("Nhóm này không có mục điều tra đó.")
    page = Paginator(_files(group), PAGE_SIZE).get_page(request.GET.get("trang"))
    files = list(page)
    cells = list(cells_of(files, [leaf]).values())
    data = request.POST if request.method == "POST" else None
    mode = _mode(request, leaf, cells)
    own = own_units(request.user)
    form, status, outcome = ColumnForm(cells, mode, data, own=own), 200, ""
    if data is not None:
        check_publish(request.user, round)
        status, outcome = _saved(request, group, form)
        if not outcome:
            return redirect(request.get_full_path())
    context = {
        "round": round,
        "group": group,
        "leaf": leaf,
        "leaves": leaves,
        "form": form,
        "mode": mode,
        "modes": modes_of(leaf),
        "page": page,
        "scored": scored_count(group, leaf),
        "outcome": outcome,
        "is_publisher": can_publish(request.user, round),
        "table_url": _url(round, group),
        "nav_current": "rounds",
    }
    return render(request, "assessments/survey/leaf.html", context, status=status)


def _mode(request: HttpRequest, leaf: Criterion, cells: Sequence[SurveyCell]) -> Mode:
    """What the column asks for: as the address says, where the rule allows it."""
    asked = request.POST.get("cach") or request.GET.get("cach")
    return next((mode for mode in modes_of(leaf) if mode.value == asked), mode_of_column(leaf, cells))


def _saved(request: HttpRequest, group: Group, form: ColumnForm) -> tuple[int, str]:
    """The answer's status, and what kept the cells from being saved, if anything."""
    if not form.is_valid():
        return UNPROCESSABLE, "errors"
    if not form.entries:
        messages.info(request, "Không có gì thay đổi nên không ghi thêm.")
        return 200, ""
    try:
        count = save_points(group, form.entries, by=person(request), reason=form.reason)
    except StaleSurvey as conflict:
        form.take_stale(conflict.stale)
        return CONFLICT, "conflict"
    messages.success(request, f"Đã ghi điểm điều tra của {count} đơn vị.")
    return 200, ""


@signed_in(READS)
def survey_template(request: HttpRequest, round_code: str, group_code: str) -> HttpResponse:
    """The group's table as an Excel file to fill in."""
    round = load_own_round(request, round_code)
    group = _group(_groups(round), group_code)
    content = template(group, list(_files(group)), survey_leaves(group))
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{round.code}-{group.code}-dieu-tra.xlsx"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@signed_in(WRITES)
@require_POST
def survey_upload(request: HttpRequest, round_code: str, group_code: str) -> HttpResponse:
    """What a filled-in file would change, cell by cell; nothing is written yet."""
    round = load_own_round(request, round_code)
    check_publish(request.user, round)
    group = _group(_groups(round), group_code)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _table(request, round, group_code, form=form, status=UNPROCESSABLE)
    sent = form.cleaned_data["file"]
    try:
        entries = read_workbook(
            sent.read(), sent.name, files=list(_files(group)), leaves=survey_leaves(group)
        )
    except FileRefused as refusal:
        return _table(request, round, group_code, problems=refusal.problems, status=UNPROCESSABLE)
    if not entries:
        messages.info(request, "Tệp không đổi gì so với số đang có.")
        return redirect(_url(round, group))
    return _preview(request, group, entries, filename=str(sent.name))


@signed_in(WRITES)
@require_POST
def survey_confirmation(request: HttpRequest, round_code: str, group_code: str) -> HttpResponse:
    """Write what the preview showed: all of it, or nothing."""
    round = load_own_round(request, round_code)
    check_publish(request.user, round)
    group = _group(_groups(round), group_code)
    sent = _read_preview(request, group)
    reason = request.POST.get("reason", "").strip()
    if not reason and any(entry.needs_reason for entry in sent.entries):
        return _preview(request, group, sent.entries, filename=sent.filename, lacks_reason=True)
    because = f"{reason} (từ tệp {sent.filename})" if reason else f"Nhập từ tệp {sent.filename}"
    try:
        count = save_points(group, sent.entries, by=person(request), reason=because)
    except StaleSurvey as conflict:
        return _table(request, round, group_code, problems=[str(conflict)], status=CONFLICT)
    messages.success(request, f"Đã ghi {count} ô từ tệp {sent.filename}.")
    return redirect(_url(round, group))


@dataclass(frozen=True, slots=True)
class _Preview:
    entries: list[Entry]
    filename: str


def _preview(
    request: HttpRequest, group: Group, entries: list[Entry], *, filename: str, lacks_reason: bool = False
) -> HttpResponse:
    payload = {
        "group": group.pk,
        "file": filename,
        "cells": [
            [entry.cell.file.pk, entry.cell.leaf.pk, entry.read, entry.mode.value, *_typed(entry)]
            for entry in entries
        ],
    }
    context = {
        "round": group.round,
        "group": group,
        "entries": entries[:PREVIEW_ROWS],
        "count": len(entries),
        "left": max(0, len(entries) - PREVIEW_ROWS),
        "needs_reason": any(entry.needs_reason for entry in entries),
        "replaced": sum(entry.replaces_value for entry in entries),
        "filename": filename,
        "payload": signing.dumps(payload, salt=SALT, compress=True),
        "lacks_reason": lacks_reason,
        "table_url": _url(group.round, group),
        "nav_current": "rounds",
    }
    status = UNPROCESSABLE if lacks_reason else 200
    return render(request, "assessments/survey/preview.html", context, status=status)


def _typed(entry: Entry) -> tuple[str, str, str]:
    issued, valid = ("" if number is None else str(number) for number in (entry.issued, entry.valid))
    return entry.shown, issued, valid


def _read_preview(request: HttpRequest, group: Group) -> _Preview:
    """What the preview page carried, as entries over what stands now. Raises AssessmentError."""
    expired = "Bản xem trước đã hết hạn hoặc không đọc được. Tải tệp lên lại."
    try:
        payload = signing.loads(request.POST.get("payload", ""), salt=SALT, max_age=PREVIEW_SECONDS)
    except signing.BadSignature as error:
        raise AssessmentError(expired) from error
    if payload["group"] != group.pk:
        raise AssessmentError(expired)
    files = {file.pk: file for file in _files(group)}
    leaves = {leaf.pk: leaf for leaf in survey_leaves(group)}
    wanted = [files[row[0]] for row in payload["cells"] if row[0] in files]
    cells = cells_of(list({file.pk: file for file in wanted}.values()), list(leaves.values()))
    entries = []
    for file, leaf, read, mode, *typed in payload["cells"]:
        cell = cells.get((file, leaf))
        if cell is None:
            raise AssessmentError(expired)
        try:
            entry = entry_of(cell, Mode(mode), Typed(*typed), read=read)
        except CellRefused as refusal:
            raise AssessmentError(f"{cell.file.unit_name}, mục {cell.leaf.code}: {refusal}") from refusal
        if entry is not None:
            entries.append(entry)
    return _Preview(entries, payload["file"])
