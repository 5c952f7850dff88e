"""Who may prepare, confirm, withdraw and check publications, write survey points, and see a unit's result."""

from django.utils import timezone

from assessments.exceptions import NotPermitted
from assessments.models import Assessment, Group, Preparation, Round
from assessments.permissions.acting import Person, passes, units_of_roles
from assessments.permissions.rounds import can_see_provisional, check_acting, organisers_of
from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership, User


def check_see_publishing(user: Person, round: Round) -> None:
    """Raise NotPermitted unless the person may see what is prepared and the survey's points."""
    if not can_see_provisional(user, round):
        raise NotPermitted(
            "Điểm điều tra và việc công bố chỉ dành cho cơ quan tổ chức đánh giá và cơ quan kiểm tra, "
            "giám sát của đợt này."
        )


def can_see_publishing(user: Person, round: Round) -> bool:
    """Whether the person may see what is prepared for publication and the survey's points."""
    return passes(lambda: check_see_publishing(user, round))


def own_file(user: Person, group: Group) -> Assessment | None:
    """The file in a group of a unit that the person belongs to, if any: its results are kept from them."""
    own = units_of_roles(user)
    return group.assessments.filter(unit__in=own).first() if own else None


def check_see_unpublished(user: Person, group: Group) -> None:
    """Raise NotPermitted where a unit of the person's own is among those whose results are not published."""
    file = own_file(user, group)
    if file is not None:
        raise NotPermitted(
            f"Bạn thuộc {file.unit_name} nên không xem kết quả chưa công bố của nhóm {group.name}. "
            "Đề nghị người khác xem thay; kết quả của đơn vị có ở hồ sơ khi được cho xem."
        )


def check_publish(user: Person, round: Round) -> None:
    """Raise NotPermitted unless the person publishes for the organiser of the round."""
    if round.organiser_id not in organisers_of(user, (Role.PUBLISHER,)):
        raise NotPermitted(
            f"Chỉ người có vai trò “{Role.PUBLISHER.label}” của {round.organiser} mới làm được việc này."
        )
    check_acting(user, (Role.PUBLISHER,), round)


def can_publish(user: Person, round: Round) -> bool:
    """Whether the person publishes for the organiser of the round."""
    return passes(lambda: check_publish(user, round))


def check_confirm(user: Person, preparation: Preparation) -> None:
    """Raise NotPermitted unless the person may confirm what somebody else has prepared."""
    check_publish(user, preparation.round)
    if user.pk == preparation.prepared_by_id:
        raise NotPermitted(
            "Bạn là người chuẩn bị nên không tự xác nhận được. Đề nghị người công bố khác của "
            f"{preparation.round.organiser} xác nhận."
        )


def can_confirm(user: Person, preparation: Preparation) -> bool:
    """Whether the person may confirm what somebody else has prepared."""
    return passes(lambda: check_confirm(user, preparation))


def ranked_own_units(user: User, round: Round) -> str:
    """The names of the units of a round that the person belongs to today, as one text; empty for nobody's.

    Where the publisher is a department, its people belong to a ranked unit as a rule: they publish, by two
    persons, what the council has concluded, and this is on record.
    """
    own = own_units(user)
    if not own:
        return ""
    files = Assessment.objects.filter(group__round=round, unit__in=own)
    return ", ".join(files.order_by("unit_sort_key", "pk").values_list("unit_name", flat=True))


def own_units(user: Person) -> frozenset[int]:
    """Units that the person belongs to today: nobody judges those. A request has read the roles anyway."""
    if not isinstance(user, User):
        return frozenset()
    if user.standing is not None:
        return frozenset(units_of_roles(user))
    held = Membership.objects.on(timezone.localdate()).filter(user=user, role__in=UNIT_ROLES)
    return frozenset(key for key in held.values_list("unit_id", flat=True) if key is not None)
