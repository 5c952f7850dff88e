"""Đối chiếu số liệu: what papers print beside what their rows give, for a whole round."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.documents.contexts import DifferenceLine, GroupContext
from assessments.queries import current_publication, round_groups
from assessments.views.access import load_round, load_source, wants_live
from parindex.access import public
from parindex.listing import choice, has_words, list_file, listed, wanted_file, words
from parindex.sheets import Column
from parindex.sorting import sort_key

COLUMNS = (
    Column("group", "Nhóm", width=32),
    Column("unit", "Đơn vị", width=32),
    Column("where", "Chỗ chênh lệch", width=52),
    Column("declared", "Văn bản ghi"),
    Column("computed", "Cộng được"),
    Column("gap", "Chênh"),
    Column("note", "Ghi chú", width=60),
)


class Found(NamedTuple):
    """A difference with its group and the group's place in the round."""

    place: int
    group: GroupContext
    line: DifferenceLine


HEADINGS = (
    ("nhom", "Nhóm", ""),
    ("don-vi", "Đơn vị", ""),
    ("cho-khac", "Chỗ chênh lệch", ""),
    ("chenh", "Chênh", "n"),
)
KEYS: dict[str, Callable[[Found], Any]] = {
    "nhom": lambda one: one.place,
    # What is the framework's own comes first.
    "don-vi": lambda one: sort_key(one.line.unit_name),
    "cho-khac": lambda one: sort_key(one.line.where),
    "chenh": lambda one: one.line.gap,
}


@public
def reconciliation(request: HttpRequest, round_code: str) -> HttpResponse:
    """Every difference of every group: as published, or for staff as it stands now."""
    round = load_round(request, round_code)
    publication = None if wants_live(request) else current_publication(round)
    sources = [load_source(request, round, tab.code) for tab in round_groups(round, publication)]
    groups = [source.context for source in sources]
    sought = words(request, "Đơn vị hoặc chỗ chênh lệch")
    one = choice(request, "nhom", "Nhóm đơn vị", [(group.code, group.name) for group in groups])
    matching = (
        Found(place, group, line)
        for place, group in enumerate(groups)
        for line in group.differences
        if one.value in ("", group.code) and has_words(sought.folded, line.unit_name, line.where)
    )
    found = listed(request, matching, KEYS, [sought, one])
    if kind := wanted_file(request):
        rows = [
            (group.name, line.unit_name, line.where, line.declared, line.computed, line.gap, line.note)
            for _, group, line in found["rows"]
        ]
        return list_file(kind, f"doi-chieu-{round.code}", "Đối chiếu số liệu", COLUMNS, rows)
    context = found | {
        "headings": HEADINGS,
        "round": round,
        "publication": publication,
        "is_live": publication is None,
        "groups": groups,
        "agreeing": [group.name for group in groups if not group.differences],
        "count": sum(len(group.differences) for group in groups),
        "nav_current": "rounds",
    }
    return render(request, "assessments/reconciliation.html", context)
