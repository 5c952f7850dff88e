"""Where points of a draft come from: sources of several leaves, the survey block outside the table."""

from collections.abc import Collection
from decimal import Decimal

from django.db import transaction

from criteria.editing.verbs import require_draft
from criteria.enums import Source
from criteria.exceptions import CriteriaError
from criteria.models import Criterion, Framework
from criteria.workflow import set_source, set_survey_block
from parindex.audit.events import Actor, record
from parindex.notation import plain


@transaction.atomic
def set_sources(framework: Framework, codes: Collection[str], source: Source, *, by: Actor) -> None:
    """Say where the points of these leaves come from. Raises CriteriaError for a code that is no leaf."""
    if not codes:
        raise CriteriaError("Chọn ít nhất một mục chấm điểm.")
    named = f"mục {next(iter(codes))}" if len(codes) == 1 else f"{len(codes)} mục"
    require_draft(framework, what=f"đặt nguồn điểm {named}: {source.label}", by=by)
    set_source(framework, codes=list(codes), source=source, by=by)


@transaction.atomic
def add_survey_block(framework: Framework, *, title: str, points: Decimal, by: Actor) -> Criterion:
    """Add the survey points that the decision grants outside its table. Raises CriteriaError for a second."""
    require_draft(framework, what="thêm khối điều tra xã hội học", by=by)
    if _block(framework) is not None:
        raise CriteriaError("Bản nháp đã có khối điều tra xã hội học. Bỏ khối đó trước khi thêm khối khác.")
    if points <= 0:
        raise CriteriaError("Ghi điểm tối đa lớn hơn 0 của khối điều tra xã hội học.")
    return set_survey_block(framework, title=title.strip(), points=points, by=by)


@transaction.atomic
def remove_survey_block(framework: Framework, *, by: Actor) -> None:
    """Take the survey block out again. Raises CriteriaError where there is none."""
    require_draft(framework, what="bỏ khối điều tra xã hội học", by=by)
    block = _block(framework)
    if block is None:
        raise CriteriaError("Bản nháp không còn khối điều tra xã hội học.")
    record(
        by=by,
        verb="bỏ khối điều tra xã hội học",
        on=framework,
        before={"title": block.title, "points": plain(block.max_points)},
    )
    block.delete()


def _block(framework: Framework) -> Criterion | None:
    return framework.criteria.filter(is_survey_block=True).first()
