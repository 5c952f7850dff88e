"""Who may see how far the units of a round are, and of which files."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.enums import RoundDuty
from assessments.exceptions import NotPermitted
from assessments.models import Assessment, Group, Round, RoundRole
from assessments.permissions import Person, can_see_provisional
from parindex.accounts.models import User

# Members and lead agencies appraise what is theirs; these two see to it that the round gets on.
RUNS_COUNCIL = (RoundDuty.COUNCIL_SECRETARY, RoundDuty.COUNCIL_CHAIR)


def _council_duties(round: Round) -> QuerySet[RoundRole]:
    return RoundRole.objects.on(timezone.localdate()).filter(round=round, role__in=RUNS_COUNCIL)


def can_see_progress(user: Person, round: Round) -> bool:
    """Whether the person may see how far the units of a round are."""
    if not isinstance(user, User):
        return False
    duties = _council_duties(round).filter(Q(user=user) | Q(substitutes__user=user))
    return can_see_provisional(user, round) or duties.exists()


def check_see_progress(user: Person, round: Round) -> None:
    """Raise NotPermitted unless the person may see how far the units of a round are."""
    if not can_see_progress(user, round):
        raise NotPermitted(
            "Tiến độ hồ sơ chỉ dành cho cơ quan tổ chức đánh giá, cơ quan kiểm tra, giám sát, "
            "Chủ tịch và Thư ký Hội đồng thẩm định của đợt này, hoặc người thay họ."
        )


def seen_files(user: Person, round: Round) -> Q:
    """Which files of a round the person follows: whole groups, or the units in which they stand in."""
    if not isinstance(user, User):
        return Q(pk=None)
    return Q() if can_see_provisional(user, round) else council_files(user, round)


def council_files(user: User, round: Round) -> Q:
    """Which files the person follows as chair or secretary of the council, or in the place of one."""
    reaching = _council_duties(round).filter(Q(group=None) | Q(group=OuterRef("group")))
    stands_in = reaching.filter(substitutes__user=user, substitutes__unit=OuterRef("unit"))
    return Q(Exists(reaching.filter(user=user))) | Q(Exists(stands_in))


def seen_groups(round: Round, *, seen: Q) -> QuerySet[Group]:
    """The groups with files that a person follows (`seen_files`); who follows all, also those without any."""
    groups = round.groups.filter(framework__isnull=False).order_by("position")
    return groups.filter(Exists(Assessment.objects.filter(seen, group=OuterRef("pk")))) if seen else groups
