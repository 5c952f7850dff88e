"""Addresses of opening a round and its settings, groups and people (`/dot/…/thiet-lap/…`)."""

from django.urls import URLPattern, path

from assessments.views.setup import open_round, setup, setup_round
from assessments.views.setup_groups import (
    setup_add_group,
    setup_group,
    setup_remove_group,
    setup_remove_unit,
    setup_units,
)
from assessments.views.setup_people import (
    setup_add_role,
    setup_end_role,
    setup_end_substitute,
    setup_people,
    setup_role,
    setup_substitute,
)
from assessments.views.setup_version import setup_set_aside, setup_version, setup_version_export

SETUP = "dot/<slug:round_code>/thiet-lap/"
GROUP = f"{SETUP}nhom/<slug:group_code>/"
ROLE = f"{SETUP}nguoi/<int:role_id>/"
urlpatterns: list[URLPattern] = [
    path("dot/mo-dot/", open_round, name="open_round"),
    path(SETUP, setup, name="setup"),
    path(f"{SETUP}dot/", setup_round, name="setup_round"),
    path(f"{SETUP}them-nhom/", setup_add_group, name="setup_add_group"),
    path(GROUP, setup_group, name="setup_group"),
    path(f"{GROUP}bo/", setup_remove_group, name="setup_remove_group"),
    path(f"{GROUP}phien-ban/", setup_version, name="setup_version"),
    path(f"{GROUP}phien-ban/tai-ve/", setup_version_export, name="setup_version_export"),
    path(f"{GROUP}phien-ban/de-rieng/", setup_set_aside, name="setup_set_aside"),
    path(f"{GROUP}don-vi/", setup_units, name="setup_units"),
    path(f"{GROUP}don-vi/<str:unit_code>/bo/", setup_remove_unit, name="setup_remove_unit"),
    path(f"{SETUP}nguoi/", setup_people, name="setup_people"),
    path(f"{SETUP}nguoi/them/", setup_add_role, name="setup_add_role"),
    path(ROLE, setup_role, name="setup_role"),
    path(f"{ROLE}ket-thuc/", setup_end_role, name="setup_end_role"),
    path(f"{ROLE}thay/<int:unit_id>/", setup_substitute, name="setup_substitute"),
    path(f"{ROLE}thay/<int:unit_id>/thoi/", setup_end_substitute, name="setup_end_substitute"),
]
