"""Đối chiếu số liệu: what papers print beside what their rows give, for a whole round."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.queries import current_publication, round_groups
from assessments.views.access import load_round, load_source, wants_live
from parindex.access import public
from parindex.listing import choice, has_words, list_file, wanted_file, words
from parindex.sheets import Column

COLUMNS = (
    Column("group", "Nhóm", width=32),
    Column("unit", "Đơn vị", width=32),
    Column("where", "Chỗ khác", width=52),
    Column("declared", "Văn bản ghi"),
    Column("computed", "Cộng được"),
    Column("gap", "Chênh"),
    Column("note", "Ghi chú", width=60),
)


@public
def reconciliation(request: HttpRequest, round_code: str) -> HttpResponse:
    """Every difference of every group: as published, or for staff as it stands now."""
    round = load_round(request, round_code)
    publication = None if wants_live(request) else current_publication(round)
    sources = [load_source(request, round, tab.code) for tab in round_groups(round, publication)]
    groups = [source.context for source in sources]
    sought = words(request, "Đơn vị hoặc chỗ khác")
    one = choice(request, "nhom", "Nhóm đơn vị", [(group.code, group.name) for group in groups])
    found = [
        (group, [line for line in group.differences if has_words(sought.folded, line.unit_name, line.where)])
        for group in groups
        if one.value in ("", group.code)
    ]
    if kind := wanted_file(request):
        rows = [
            (group.name, line.unit_name, line.where, line.declared, line.computed, line.gap, line.note)
            for group, lines in found
            for line in lines
        ]
        return list_file(kind, f"doi-chieu-{round.code}", "Đối chiếu số liệu", COLUMNS, rows)
    context = {
        "round": round,
        "publication": publication,
        "is_live": publication is None,
        "groups": found,
        "count": sum(len(group.differences) for group in groups),
        "filters": [sought, one],
        "nav_current": "rounds",
    }
    return render(request, "assessments/reconciliation.html", context)
