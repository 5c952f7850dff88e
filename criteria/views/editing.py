"""Changing a draft by hand: one criterion, its rule, rows below it, its place; undoing steps."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from criteria.comparison import free_for, match_of
from criteria.editing import add, change, move, remove, set_rule, sums_above, undo
from criteria.exceptions import CriteriaError
from criteria.forms import AddForm, CriterionForm, MoveForm, RuleForm, ThreadsForm
from criteria.forms.rule import OFFERED, kinds
from criteria.models import Criterion, Framework
from criteria.queries import tree
from criteria.rules import RuleKind
from criteria.versions import version_before
from criteria.views.common import person, require_draft, show, to_change
from parindex.access import signed_in
from parindex.audit.history import past_of
from parindex.fields import PointsFormField
from parindex.keys import number_of

RULE = "quản lý bộ tiêu chí của cơ quan ban hành; chỉ bản nháp"
UNPROCESSABLE = 422
TYPED = "max_points"
NOTHING_NEW = "Không có gì thay đổi nên không ghi bước nào."


def _load(request: HttpRequest, framework_id: int, criterion_id: int) -> tuple[Framework, Criterion]:
    framework = to_change(request, framework_id)
    rows = framework.criteria.select_related("parent", "framework")
    return framework, get_object_or_404(rows, pk=criterion_id, is_survey_block=False)


def _kind_asked(request: HttpRequest, row: Criterion) -> RuleKind:
    held = row.rule_kind
    if held == RuleKind.KNOCK_OUT:
        held = row.rule_parameters.get("inner", {}).get("kind", RuleKind.MANUAL)
    asked = (request.POST if request.method == "POST" else request.GET).get("cach", held)
    return RuleKind(asked) if asked in OFFERED else RuleKind.MANUAL


def _page(
    request: HttpRequest, framework: Framework, row: Criterion, *, status: int = 200, **sent: Form
) -> HttpResponse:
    """The page of one criterion; `sent` holds the form that was sent with a mistake."""
    rows = tree(framework)
    kind = _kind_asked(request, row)
    context: dict[str, Any] = {
        "framework": framework,
        "row": row,
        "below": [one for one in rows if one.parent_id == row.pk],
        "form": CriterionForm(row=row),
        "add_form": AddForm(),
        "move_form": MoveForm(row=row, tree=rows),
        "kinds": kinds(),
        "kind": kind,
        "history": past_of(row),
        "faulty": next(iter(sent.values()), None),
    }
    earlier = version_before(framework)
    if earlier is not None:
        old = tree(earlier)
        match, free = match_of(row, old), free_for(row, old, rows)
        context |= {"earlier": earlier, "thread_form": ThreadsForm.for_one(match, free=free)}
    if row.is_leaf:
        context["sums"] = sums_above(framework, rows, row, row.max_points)
        stored = (row.rule_kind, row.rule_parameters)
        context["rule_form"] = RuleForm(kind=kind, stored=stored)
    return show(request, "criteria/criterion.html", context | sent, status=status)


def _done(request: HttpRequest, form: Form, verb: Callable[[], Any], said: str) -> bool:
    """Do a verb with what a form holds; a refusal becomes the form's own error.

    A verb that answers False had nothing to do.
    """
    if not form.is_valid():
        return False
    try:
        done = verb()
    except CriteriaError as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, NOTHING_NEW if done is False else said)
    return True


@signed_in(RULE)
def criterion(request: HttpRequest, framework_id: int, criterion_id: int) -> HttpResponse:
    """One criterion of a draft: its words, points and source."""
    framework, row = _load(request, framework_id, criterion_id)
    if request.method != "POST":
        require_draft(framework)
        return _sums(request, framework, row) if TYPED in request.GET else _page(request, framework, row)
    form, by = CriterionForm(request.POST, row=row), person(request).actor
    if _done(request, form, lambda: change(row, form.content(), by=by), f"Đã sửa mục {row.code}."):
        return redirect("criteria:criterion", framework.pk, row.pk)
    return _page(request, framework, row, status=UNPROCESSABLE, form=form)


def _sums(request: HttpRequest, framework: Framework, row: Criterion) -> HttpResponse:
    """What the sums would be with the points being typed; nothing is stored."""
    context: dict[str, Any] = {"framework": framework, "row": row}
    try:
        points = PointsFormField(required=True).clean(request.GET[TYPED])
    except ValidationError:
        context["is_unreadable"] = True
    else:
        context["sums"] = sums_above(framework, tree(framework), row, points)
        context["is_typed"] = points != row.max_points
    return show(request, "criteria/_sums.html", context)


@signed_in(RULE)
@require_POST
def rule(request: HttpRequest, framework_id: int, criterion_id: int) -> HttpResponse:
    """Give a leaf its rule."""
    framework, row = _load(request, framework_id, criterion_id)
    kind = _kind_asked(request, row)
    form = RuleForm(request.POST, kind=kind, stored=(row.rule_kind, row.rule_parameters))
    by = person(request).actor
    if _done(request, form, lambda: set_rule(row, *form.rule, by=by), f"Đã đặt cách chấm mục {row.code}."):
        return redirect("criteria:criterion", framework.pk, row.pk)
    return _page(request, framework, row, status=UNPROCESSABLE, rule_form=form)


@signed_in(RULE)
@require_POST
def add_below(request: HttpRequest, framework_id: int, criterion_id: int) -> HttpResponse:
    """Add a row below a criterion; a leaf is split that way."""
    framework, row = _load(request, framework_id, criterion_id)
    form, by = AddForm(request.POST), person(request).actor

    def verb() -> None:
        add(framework, parent=row, title=form.cleaned_data["new_title"], points=form.points, by=by)

    if _done(request, form, verb, f"Đã thêm mục dưới mục {row.code}."):
        return redirect("criteria:criterion", framework.pk, row.pk)
    return _page(request, framework, row, status=UNPROCESSABLE, add_form=form)


@signed_in(RULE)
@require_POST
def move_criterion(request: HttpRequest, framework_id: int, criterion_id: int) -> HttpResponse:
    """Move a criterion with everything below it."""
    framework, row = _load(request, framework_id, criterion_id)
    form, by = MoveForm(request.POST, row=row, tree=tree(framework)), person(request).actor

    def verb() -> None:
        parent, before = form.chosen
        move(row, parent=parent, before=before, by=by)

    if _done(request, form, verb, f"Đã chuyển mục {row.code}."):
        return redirect("criteria:criterion", framework.pk, row.pk)
    return _page(request, framework, row, status=UNPROCESSABLE, move_form=form)


@signed_in(RULE)
@require_POST
def remove_criterion(request: HttpRequest, framework_id: int, criterion_id: int) -> HttpResponse:
    """Take a criterion out; the step can be undone."""
    framework, row = _load(request, framework_id, criterion_id)
    remove(row, by=person(request).actor)
    messages.success(request, f"Đã bỏ mục {row.code} và các mục con. Hoàn tác được ở “Các bước đã sửa”.")
    return redirect("criteria:framework", framework.pk)


@signed_in(RULE)
def add_content(request: HttpRequest, framework_id: int) -> HttpResponse:
    """Add a content at the end of the table."""
    framework = to_change(request, framework_id)
    if request.method != "POST":
        require_draft(framework)
    form = AddForm(request.POST if request.method == "POST" else None)
    by = person(request).actor

    def verb() -> None:
        add(framework, parent=None, title=form.cleaned_data["new_title"], points=form.points, by=by)

    if request.method == "POST" and _done(request, form, verb, "Đã thêm nội dung."):
        return redirect("criteria:framework", framework.pk)
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"framework": framework, "add_form": form}
    return show(request, "criteria/add_content.html", context, status=status)


@signed_in(RULE)
def steps(request: HttpRequest, framework_id: int) -> HttpResponse:
    """The steps by which a draft was changed, newest first; each can be undone with those after it."""
    framework = to_change(request, framework_id)
    if request.method == "POST":
        step = get_object_or_404(framework.steps, pk=number_of(request.POST.get("buoc", "")))
        undo(step, by=person(request).actor)
        messages.success(request, f"Đã hoàn tác: {step.what}.")
        return redirect("criteria:framework", framework.pk)
    require_draft(framework)
    done = framework.steps.defer("tree").order_by("-pk")
    return show(request, "criteria/steps.html", {"framework": framework, "steps": done})
