"""Roles (docs/architecture.md, "Roles")."""

from django.db.models import TextChoices


class Role(TextChoices):
    """A duty held in a unit or in an organiser. Duties in one round belong to the round."""

    UNIT_OFFICER = "unit_officer", "Cán bộ đơn vị"
    UNIT_HEAD = "unit_head", "Lãnh đạo đơn vị"
    PUBLISHER = "publisher", "Cơ quan chủ trì, công bố"
    FRAMEWORK_MANAGER = "framework_manager", "Quản lý bộ tiêu chí"
    ADMINISTRATOR = "administrator", "Quản trị"
    AUDITOR = "auditor", "Kiểm tra, giám sát"


UNIT_ROLES = (Role.UNIT_OFFICER, Role.UNIT_HEAD)
ORGANISER_ROLES = (Role.PUBLISHER, Role.FRAMEWORK_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR)
