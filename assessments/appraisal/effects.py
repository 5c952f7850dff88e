"""What one person's words on a file come to: a leaf, its content, the whole; never a rank."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from assessments.enums import Track, Voice
from assessments.models import Assessment, Opinion
from assessments.scorecard import leaf_outcome, rounding_of
from criteria.enums import NOT_SELF_SCORED, Standing
from criteria.models import Criterion
from parindex.accounts.models import User
from parindex.notation import vietnamese

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Effect:
    """Points as the unit claims them, and with the words of one part in their place.

    A leaf that does not apply and leaves the denominator has none; by so much `base` changes.
    """

    leaf: tuple[Decimal | None, Decimal | None]
    content: tuple[Decimal, Decimal]
    total: tuple[Decimal, Decimal]
    base: Decimal = ZERO

    @property
    def base_in_words(self) -> str:
        """What becomes of the file's maximum, or an empty string."""
        how = "giảm" if self.base < 0 else "tăng"
        return f"điểm tối đa của hồ sơ {how} {vietnamese(abs(self.base), 2)}" if self.base else ""


@dataclass(slots=True)
class _Row:
    content: int | None
    standing: str
    before: Decimal | None = None
    after: Decimal | None = None
    # What can be attained on the leaf: nothing where it leaves the denominator.
    base_before: Decimal | None = None
    base_after: Decimal | None = None

    @property
    def points(self) -> tuple[Decimal | None, Decimal | None]:
        """Before and after; none where the leaf left the denominator. Bonus and penalty never are in it."""
        if self.standing != Standing.ORDINARY:
            return self.before, self.after
        return self.before if self.base_before else None, self.after if self.base_after else None


def effect_of(
    file: Assessment, leaf: Criterion, voice: Voice, member: User, *, led: Collection[str] = ()
) -> Effect:
    """What the words of one part change of a file's own points; other leaves count as they stand.

    `led` are the codes of the contents on which the person proposes. In two queries at the most.
    """
    rows: dict[int, _Row] = {}
    counted = _counted(voice, led)
    scores = file.scores.filter(counted, obtained__isnull=False).select_related("criterion")
    for score in scores.order_by("pk"):
        row = rows.setdefault(score.criterion_id, _Row(score.criterion.content_id, score.criterion.standing))
        given = score.track == Track.CONCLUSION and score.criterion.source in NOT_SELF_SCORED
        if score.track == Track.SELF or given:
            row.before, row.base_before = score.obtained, score.attainable
        if given or score.track == voice.value:
            row.after, row.base_after = score.obtained, score.attainable
    if voice == Voice.OPINION:
        for criterion, obtained, attainable in _opinions(file, member):
            row = rows.setdefault(criterion.pk, _Row(criterion.content_id, criterion.standing))
            row.after, row.base_after = obtained, attainable
    for row in rows.values():
        if row.after is None:
            row.after, row.base_after = row.before, row.base_before
    mine = rows.get(leaf.pk)
    cap = file.group.used_framework.bonus_cap
    content = [row for row in rows.values() if row.content == leaf.content_id]
    return Effect(
        leaf=mine.points if mine else (None, None),
        content=_sums(content, None),
        total=_sums(list(rows.values()), cap),
        base=(mine.base_after or ZERO) - mine.base_before if mine and mine.base_before is not None else ZERO,
    )


def _counted(voice: Voice, led: Collection[str]) -> Q:
    """The words that count in a part: no other ones, which could be told from the total.

    Only who concludes sees every conclusion, so only there do points of the survey and of other sources
    count, on both sides. Proposals count on every content that the person leads: others are another agency's.
    """
    if voice == Voice.CONCLUSION:
        return Q(track__in=(Track.SELF, Track.CONCLUSION))
    if voice == Voice.PROPOSAL:
        return Q(track=Track.SELF) | Q(track=Track.PROPOSAL, criterion__content__code__in=led)
    return Q(track=Track.SELF)


def _opinions(file: Assessment, member: User) -> Iterable[tuple[Criterion, Decimal | None, Decimal]]:
    rounding = rounding_of(file.group)
    given = Opinion.objects.filter(assessment=file, member=member).select_related("criterion")
    for opinion in given:
        obtained, attainable = leaf_outcome(
            opinion.criterion,
            rounding=rounding,
            points=opinion.points,
            not_applicable=opinion.not_applicable,
        )
        yield opinion.criterion, obtained, attainable


def _sums(rows: Iterable[_Row], bonus_cap: Decimal | None) -> tuple[Decimal, Decimal]:
    """Points before and after; bonus points count up to their cap, as in the ranking."""
    kept = list(rows)
    before = _sum([(row.standing, row.before) for row in kept], bonus_cap)
    return before, _sum([(row.standing, row.after) for row in kept], bonus_cap)


def _sum(points: Iterable[tuple[str, Decimal | None]], bonus_cap: Decimal | None) -> Decimal:
    total, bonus = ZERO, ZERO
    for standing, obtained in points:
        if standing == Standing.BONUS:
            bonus += obtained or ZERO
        else:
            total += obtained or ZERO
    return max(total + (bonus if bonus_cap is None else min(bonus, bonus_cap)), ZERO)
