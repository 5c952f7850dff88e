"""The bench of the appraisal: one criterion across units."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode

from assessments.appraisal import (
    Bench,
    Effect,
    StaleDecision,
    UnitLine,
    ask,
    bench_of,
    close,
    decide,
    effect_of,
    leaves_in_order,
    said_of,
)
from assessments.enums import ClarificationState, Voice
from assessments.evidence import uses_of
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.forms.appraisal import AskForm, CloseForm, DecisionForm, picked_reasons
from assessments.models import Clarification, Group
from assessments.permissions import ActingOver
from assessments.self_scoring import previous_points
from assessments.views.appraisal_loading import (
    DOES,
    RULE,
    VOICE_KEYS,
    days_left,
    load_group,
    load_leaf,
    wanted_voice,
)
from criteria.models import Criterion
from criteria.views.common import person
from parindex.access import signed_in
from parindex.listing import (
    ORDER,
    PAGE,
    WORDS,
    has_words,
    in_order,
    list_file,
    listed,
    sorting,
    wanted_file,
    words,
)
from parindex.notation import vietnamese
from parindex.sheets import Column

OK, CONFLICT, UNPROCESSABLE = 200, 409, 422
KEYS: dict[str, Callable[[UnitLine], Any]] = {
    "ten": lambda line: line.file.unit_sort_key,
    "tu-cham": lambda line: line.own and line.own.points,
    "de-xuat": lambda line: line.proposal and line.proposal.points,
    "cua-toi": lambda line: line.mine and line.mine.points,
}
# A list that one sees at a glance needs no search.
FEW = 20
# What the links and forms of the page carry on beside the unit.
KEPT = ("vai", "loc", WORDS, ORDER)
LINE_FILTERS = {
    "chua-cham": ("Chưa chấm", lambda line: line.is_open and not line.is_done),
    "lech": ("Khác nhau", lambda line: line.differs),
    "giai-trinh": ("Đang hỏi", lambda line: line.question is not None),
}


@dataclass(slots=True)
class Answer:
    """What came of a form that was sent, to be shown on the same page."""

    status: int = OK
    decision: DecisionForm | None = None
    question: AskForm | None = None
    stale: StaleDecision | None = None
    refusal: str = ""


@signed_in(RULE)
def appraisal_leaf(request: HttpRequest, round_code: str, group_code: str, leaf_code: str) -> HttpResponse:
    """One criterion across the units of a group: the units, one unit's evidence and words, the decision."""
    group, acting = load_group(request, round_code, group_code)
    leaf = load_leaf(group, leaf_code)
    bench = _load_bench(request, group, leaf, acting)
    if not any(not line.belongs for line in bench.lines):
        raise NotPermitted(f"Mục {leaf.code} không được giao cho bạn thẩm định.")
    found = _listed(request, bench)
    line = _chosen_line(request, bench, found["rows"])
    if kind := wanted_file(request):
        return _lines_file(kind, group, leaf, _mine_label(line), found["rows"])
    answer = Answer()
    if request.method == "POST":
        answer = _sent(request, bench, line)
        if answer.status == OK:
            return redirect(_after(request, bench, line))
        bench = _load_bench(request, group, leaf, acting)
        line = _chosen_line(request, bench, bench.lines)
        found = _listed(request, bench, also=line)
    context = {
        **_around(request, group, acting, bench),
        **_units(request, bench, found, line),
        **_decision(request, bench, line, answer),
    }
    return render(request, "assessments/appraisal/leaf.html", context, status=answer.status)


def _load_bench(request: HttpRequest, group: Group, leaf: Criterion, acting: ActingOver) -> Bench:
    """The bench in the order that the address asks for, which is also that of what comes next."""
    bench = bench_of(group, leaf, person(request), acting, wanted=wanted_voice(request))
    return Bench(leaf, in_order(bench.lines, sorting(request.GET.get(ORDER, ""), KEYS), KEYS))


def _listed(request: HttpRequest, bench: Bench, *, also: UnitLine | None = None) -> dict[str, Any]:
    """The units by the words and the filter of the address; `also` one that is shown anyway."""
    sought, chosen = words(request, "Tên đơn vị"), request.GET.get("loc", "")
    is_chosen = LINE_FILTERS[chosen][1] if chosen in LINE_FILTERS else bool
    found = [
        line
        for line in bench.lines
        if line is also or (is_chosen(line) and has_words(sought.folded, line.file.unit_name))
    ]
    return listed(request, found, KEYS, [sought])


def _mine_label(line: UnitLine) -> str:
    return "Tôi" if line.voice in (Voice.OPINION, Voice.PROPOSAL) else "Kết luận"


def _lines_file(
    kind: str, group: Group, leaf: Criterion, mine_label: str, lines: Sequence[UnitLine]
) -> HttpResponse:
    """The units as found, with what the person may see of each."""
    columns = (
        Column("unit", "Đơn vị", width=40),
        Column("state", "Trạng thái hồ sơ"),
        Column("own", "Tự chấm", width=10),
        Column("proposal", "Đề xuất", width=10),
        Column("mine", mine_label, width=10),
        Column("question", "Giải trình"),
    )
    rows = [
        (
            line.file.unit_name,
            line.file.get_state_display(),
            said_of(line.own),
            said_of(line.proposal),
            said_of(line.mine),
            line.question and line.question.standing,
        )
        for line in lines
    ]
    name = f"tham-dinh-{group.round.code}-{group.code}-{leaf.code}"
    return list_file(kind, name, f"Mục {leaf.code}", columns, rows)


def _chosen_line(request: HttpRequest, bench: Bench, shown: Sequence[UnitLine]) -> UnitLine:
    """The unit that the address names, else the first that waits for the person."""
    code = request.GET.get("don-vi", "")
    if code:
        found = next((line for line in bench.lines if line.file.unit_code == code), None)
        if found is None:
            raise Http404("Nhóm không có đơn vị này.")
        return found
    waiting = next((line for line in shown if line.is_open and not line.is_done), None)
    ready = next((line for line in [*shown, *bench.lines] if line.is_here and not line.belongs), None)
    return waiting or ready or next(line for line in bench.lines if not line.belongs)


def _sent(request: HttpRequest, bench: Bench, line: UnitLine) -> Answer:
    what = request.POST.get("viec", "")
    if what == "hoi":
        return _asked(request, bench.leaf, line)
    if what == "ket-thuc":
        return _closed(request, line)
    return _decided(request, bench, line)


def _decided(request: HttpRequest, bench: Bench, line: UnitLine) -> Answer:
    form = _form(bench.leaf, line, request.POST)
    if not form.is_valid():
        return Answer(UNPROCESSABLE, decision=form)
    said = form.decision()
    user = person(request)
    try:
        decide(line.file, bench.leaf, said, by=user)
    except StaleDecision as stale:
        now = stale.now.version if stale.now else 0
        form.take_stale(version=now, own_version=stale.own.version if stale.own else 0)
        return Answer(CONFLICT, decision=form, stale=stale)
    except NotPermitted:
        raise
    except WrongState as refusal:
        return Answer(CONFLICT, decision=form, refusal=str(refusal))
    except AssessmentError as refusal:
        form.refuse(refusal)
        return Answer(UNPROCESSABLE, decision=form)
    effect = effect_of(line.file, bench.leaf, said.voice, user, led=line.led)
    messages.success(request, _told(bench, line, effect, kept=said.keeps, voice=said.voice))
    return Answer()


def _told(bench: Bench, line: UnitLine, effect: Effect, *, kept: bool, voice: Voice) -> str:
    """What was written, and what it changes of the unit's own points."""
    label = str(voice.label).lower()
    said = f"Đã ghi {label} cho {line.file.unit_name}"
    if kept:
        return f"{said}: giữ nguyên điểm tự chấm."
    if effect.leaf[0] == effect.leaf[1]:
        return f"{said}: điểm như tự chấm, kèm lý do."
    content = (bench.leaf.content or bench.leaf).code
    parts = ((f"mục {bench.leaf.code}", effect.leaf), (f"nội dung {content}", effect.content))
    told = "; ".join(f"{name} {_written(*pair)}" for name, pair in (*parts, ("toàn hồ sơ", effect.total)))
    base = f"; {effect.base_in_words}" if effect.base else ""
    return f"{said}: điều chỉnh. So với tự chấm: {told}{base}."


def _written(before: Any, after: Any) -> str:
    return " → ".join("–" if points is None else vietnamese(points, 2) for points in (before, after))


def _asked(request: HttpRequest, leaf: Criterion, line: UnitLine) -> Answer:
    form = AskForm(request.POST)
    if not form.is_valid():
        return Answer(UNPROCESSABLE, question=form)
    said = form.cleaned_data
    try:
        ask(line.file, leaf, question=said["question"], until=said["until"], by=person(request))
    except NotPermitted:
        raise
    except AssessmentError as refusal:
        form.add_error(None, str(refusal))
        return Answer(CONFLICT if isinstance(refusal, WrongState) else UNPROCESSABLE, question=form)
    messages.success(
        request,
        f"Đã gửi yêu cầu giải trình tới {line.file.unit_name}, trả lời đến hết ngày "
        f"{said['until']:%d/%m/%Y}. Các mục khác vẫn chấm tiếp được.",
    )
    return Answer()


def _closed(request: HttpRequest, line: UnitLine) -> Answer:
    form = CloseForm(request.POST)
    if not form.is_valid():
        raise AssessmentError("Yêu cầu vừa gửi không đọc được. Mở lại trang rồi làm lại.")
    found = get_object_or_404(Clarification, pk=form.cleaned_data["question"], assessment=line.file)
    close(found, by=person(request), seen=ClarificationState(form.cleaned_data["seen"]))
    messages.success(request, f"Đã kết thúc yêu cầu giải trình của {line.file.unit_name}.")
    return Answer()


def _after(request: HttpRequest, bench: Bench, line: UnitLine) -> str:
    """Where to go on: a decision leads to the next unit that waits, a question stays."""
    query = request.GET.copy()
    after = bench.next_open(line) if request.POST.get("viec") == "cham" else None
    query["don-vi"] = (after or line).file.unit_code
    return f"{request.path}?{query.urlencode()}"


def _form(leaf: Criterion, line: UnitLine, data: QueryDict | None = None) -> DecisionForm:
    voice = line.voice or Voice.CONCLUSION
    return DecisionForm(leaf, voice, own=line.own, mine=line.mine, version=line.version, data=data)


def _around(request: HttpRequest, group: Group, acting: ActingOver, bench: Bench) -> dict[str, Any]:
    """The round, and the criteria before and after this one."""
    leaves = leaves_in_order(group, acting)
    place = next((at for at, leaf in enumerate(leaves) if leaf.pk == bench.leaf.pk), 0)
    vai = wanted_voice(request)
    kept = {name: value for name in KEPT if (value := request.GET.get(name))}
    return {
        "round": group.round,
        "group": group,
        "leaf": bench.leaf,
        "content": bench.leaf.content or bench.leaf,
        "place": place + 1,
        "leaves_count": len(leaves),
        "before": leaves[place - 1] if place else None,
        "after": leaves[place + 1] if place + 1 < len(leaves) else None,
        "vai": VOICE_KEYS[vai] if vai else None,
        # What links to other units of the page carry on.
        "keeps": f"{urlencode(kept)}&" if kept else "",
        "until": group.round.appraisal_until,
        "days_left": days_left(group.round.appraisal_until),
        "nav_current": "appraisal",
    }


def _units(request: HttpRequest, bench: Bench, found: dict[str, Any], line: UnitLine) -> dict[str, Any]:
    """The list of units: unasked, the page that holds the chosen one."""
    chosen, shown = request.GET.get("loc", ""), found["rows"]
    page = found["page"]
    if PAGE not in request.GET and line in shown:
        page = page.paginator.page(shown.index(line) // page.paginator.per_page + 1)
    counts = {key: sum(map(test, bench.lines)) for key, (_, test) in LINE_FILTERS.items()}
    rest = {name: value for name in KEPT if name != "loc" and (value := request.GET.get(name))}
    chips = [
        (f"?{urlencode(rest)}", "Tất cả", len(bench.lines), chosen not in LINE_FILTERS),
        *(
            (f"?{urlencode(rest | {'loc': key})}", label, counts[key], key == chosen)
            for key, (label, _) in LINE_FILTERS.items()
        ),
    ]
    mine = _mine_label(line)
    return found | {
        "bench": bench,
        "page": page,
        "chips": chips,
        "mine_label": mine,
        "heads": (("ten", "Đơn vị"), ("tu-cham", "Tự chấm"), ("de-xuat", "Đề xuất"), ("cua-toi", mine)),
        "is_long": len(bench.lines) > FEW,
    }


def _decision(request: HttpRequest, bench: Bench, line: UnitLine, answer: Answer) -> dict[str, Any]:
    """One unit: its words, its evidence, and the form where the person can write."""
    given = answer.decision
    sees = line.is_here and not line.belongs
    return {
        "line": line,
        "file": line.file,
        "sees": sees,
        "previous": previous_points(line.file, [bench.leaf]).get(bench.leaf.pk) if sees else None,
        "form": answer.decision or (_form(bench.leaf, line) if line.is_open else None),
        "ask_form": answer.question or (AskForm() if line.is_open and line.question is None else None),
        "asks": answer.question is not None,
        "stale": answer.stale,
        "refusal": answer.refusal,
        "written": given.data.get(given.add_prefix("reason"), "") if given and answer.refusal else "",
        "voices": [(VOICE_KEYS[voice], DOES[voice], voice == line.voice) for voice in line.voices],
        "reasons": picked_reasons(bench.reasons()) if line.is_open else [],
        "at_odds": bench.at_odds(line),
        "effect": effect_of(line.file, bench.leaf, line.voice, person(request), led=line.led)
        if sees and line.voice and line.is_done
        else None,
        "next_line": bench.next_open(line),
        "uses": uses_of(line.file, bench.leaf) if sees else [],
        "today": timezone.localdate(),
    }
