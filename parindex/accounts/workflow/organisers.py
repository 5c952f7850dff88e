"""What an organiser says of itself."""

from django.db import transaction

from parindex.accounts.models import Organiser, UnitType, User
from parindex.accounts.permissions import check_edit_units, check_manage_people
from parindex.audit.events import record


@transaction.atomic
def change_organiser(
    organiser: Organiser, *, name: str, parent_name: str, place: str, by_user: User
) -> Organiser:
    """Change how an organiser is named. Raises NotPermitted unless an administrator of it does."""
    check_manage_people(by_user, organiser)
    wanted = {"name": name, "parent_name": parent_name, "place": place}
    kept = Organiser.objects.select_for_update().get(pk=organiser.pk)
    before = {field: getattr(kept, field) for field in wanted}
    changed = {field for field in wanted if before[field] != wanted[field]}
    if not changed:
        return kept
    for field in changed:
        setattr(kept, field, wanted[field])
    kept.save()
    record(
        by=by_user.actor,
        verb="sửa thông tin cơ quan",
        on=kept,
        before={field: before[field] for field in changed},
        after={field: wanted[field] for field in changed},
    )
    return kept


@transaction.atomic
def add_unit_type(organiser: Organiser, *, code: str, name: str, by_user: User) -> UnitType:
    """Add a type of units, known to all organisers. Raises NotPermitted."""
    check_edit_units(by_user, organiser)
    unit_type = UnitType.objects.create(code=code, name=name)
    record(by=by_user.actor, verb="thêm loại đơn vị", on=unit_type, after={"code": code, "name": name})
    return unit_type
