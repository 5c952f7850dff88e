"""Who may open a round, see and change how it is set up, and name substitutes."""

from django.utils import timezone

from assessments.enums import RoundDuty
from assessments.exceptions import NotPermitted
from assessments.models import Round, RoundRole
from assessments.permissions.acting import Person, passes
from assessments.permissions.rounds import SEES_PROVISIONAL, organisers_of
from parindex.accounts.acting import elsewhere
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, Organiser, Unit, User

SETS_UP = (Role.PUBLISHER,)
SEES_PEOPLE = (RoundDuty.COUNCIL_SECRETARY, RoundDuty.COUNCIL_CHAIR)
NAMES_SUBSTITUTES = (RoundDuty.COUNCIL_SECRETARY,)


def _holds(user: Person, round: Round, duties: tuple[RoundDuty, ...]) -> bool:
    """Whether the person has one of these duties in the round today, over all of it or one group."""
    if not isinstance(user, User):
        return False
    held = RoundRole.objects.on(timezone.localdate()).filter(user=user, round=round, role__in=duties)
    return held.exists()


def can_open_rounds(user: Person) -> bool:
    """Whether the person may open a round, for one organiser at least."""
    return bool(organisers_of(user, SETS_UP, doing=True))


def check_open_rounds(user: Person, organiser: Organiser | None = None) -> None:
    """Raise NotPermitted unless the person may open a round, of this organiser where one is named."""
    held = organisers_of(user, SETS_UP, doing=True)
    if not held or (organiser is not None and organiser.pk not in held):
        raise NotPermitted(
            elsewhere(user, SETS_UP, organiser.pk if organiser else None)
            or f"Chỉ người có vai trò chủ trì, công bố của {organiser or 'cơ quan tổ chức đánh giá'} mới mở "
            "được đợt đánh giá."
        )


def check_set_up(user: Person, round: Round) -> None:
    """Raise NotPermitted unless the person may change the settings, groups and people of this round."""
    if round.organiser_id not in organisers_of(user, SETS_UP, doing=True):
        raise NotPermitted(
            elsewhere(user, SETS_UP, round.organiser_id)
            or f"Chỉ người có vai trò chủ trì, công bố của {round.organiser} mới sửa thiết lập đợt này."
        )


def can_set_up(user: Person, round: Round) -> bool:
    """Whether the person may change the settings, groups and people of this round."""
    return passes(lambda: check_set_up(user, round))


def check_see_setup(user: Person, round: Round) -> None:
    """Raise NotPermitted unless the person may read how this round is set up."""
    if round.organiser_id not in organisers_of(user, SEES_PROVISIONAL):
        raise NotPermitted(
            "Thiết lập đợt đánh giá chỉ dành cho cơ quan tổ chức đánh giá và cơ quan kiểm tra, giám sát "
            "của đợt này."
        )


def can_see_setup(user: Person, round: Round) -> bool:
    """Whether the person may read how this round is set up."""
    return passes(lambda: check_see_setup(user, round))


def check_see_people(user: Person, round: Round) -> None:
    """Raise NotPermitted unless the person may read who appraises in this round, and who stands in."""
    if not _holds(user, round, SEES_PEOPLE):
        check_see_setup(user, round)


def can_see_people(user: Person, round: Round) -> bool:
    """Whether the person may read who appraises in this round, and who stands in."""
    return passes(lambda: check_see_people(user, round))


def check_name_substitutes(user: Person, round: Round) -> None:
    """Raise NotPermitted unless the person may name substitutes in this round."""
    is_secretary = _holds(user, round, NAMES_SUBSTITUTES) and not elsewhere(user, NAMES_SUBSTITUTES, round.pk)
    if not is_secretary and not can_set_up(user, round):
        raise NotPermitted(
            elsewhere(user, NAMES_SUBSTITUTES, round.pk)
            or elsewhere(user, SETS_UP, round.organiser_id)
            or "Chỉ cơ quan tổ chức đánh giá và Thư ký Hội đồng thẩm định của đợt này mới cử người thay."
        )


def check_name_substitute(user: Person, round: Round, unit: Unit) -> None:
    """Raise NotPermitted unless the person may name who stands in for one unit: nobody does for their own."""
    check_name_substitutes(user, round)
    own = Membership.objects.on(timezone.localdate()).filter(user=user.pk, unit=unit)
    if own.exists():
        raise NotPermitted(
            f"Bạn thuộc {unit} nên không cử người thay khi thẩm định chính đơn vị mình. "
            "Đề nghị người khác cử."
        )


def can_name_substitutes(user: Person, round: Round) -> bool:
    """Whether the person may name substitutes in this round."""
    return passes(lambda: check_name_substitutes(user, round))
