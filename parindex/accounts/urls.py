"""Addresses of organisers, their units and their accounts, under /to-chuc/."""

from django.urls import path

from parindex.accounts.views.organisers import (
    administrator_add,
    organiser,
    organiser_change,
    organiser_open,
    organisers,
)
from parindex.accounts.views.people import (
    people,
    person,
    person_active,
    person_add,
    person_change,
    person_reset,
    person_without_factor,
    role_add,
    role_change,
    role_withdraw,
    slips_again,
)
from parindex.accounts.views.people_imports import people_import, people_template
from parindex.accounts.views.setup import first_run
from parindex.accounts.views.unit_imports import units_import, units_template
from parindex.accounts.views.units import (
    unit,
    unit_add,
    unit_change,
    unit_type_add,
    units,
    units_merge,
)

app_name = "accounts"
ORGANISER = "<int:organiser_id>/"
UNITS = f"{ORGANISER}don-vi/"
PEOPLE = f"{ORGANISER}tai-khoan/"
PERSON = f"{PEOPLE}<int:user_id>/"
urlpatterns = [
    path("", organisers, name="organisers"),
    path("bat-dau/", first_run, name="first_run"),
    path("mo/", organiser_open, name="organiser_open"),
    path(ORGANISER, organiser, name="organiser"),
    path(f"{ORGANISER}sua/", organiser_change, name="organiser_change"),
    path(f"{ORGANISER}quan-tri/", administrator_add, name="administrator_add"),
    path(UNITS, units, name="units"),
    path(f"{UNITS}them/", unit_add, name="unit_add"),
    path(f"{UNITS}sap-nhap/", units_merge, name="units_merge"),
    path(f"{UNITS}nhap/", units_import, name="units_import"),
    path(f"{UNITS}nhap/mau.xlsx", units_template, name="units_template"),
    path(f"{UNITS}loai/them/", unit_type_add, name="unit_type_add"),
    path(f"{UNITS}<int:unit_id>/", unit, name="unit"),
    path(f"{UNITS}<int:unit_id>/sua/", unit_change, name="unit_change"),
    path(PEOPLE, people, name="people"),
    path(f"{PEOPLE}them/", person_add, name="person_add"),
    path(f"{PEOPLE}nhap/", people_import, name="people_import"),
    path(f"{PEOPLE}nhap/mau.xlsx", people_template, name="people_template"),
    path(f"{PEOPLE}phieu/", slips_again, name="slips_again"),
    path(PERSON, person, name="person"),
    path(f"{PERSON}sua/", person_change, name="person_change"),
    path(f"{PERSON}tinh-trang/", person_active, name="person_active"),
    path(f"{PERSON}mat-khau/", person_reset, name="person_reset"),
    path(f"{PERSON}hai-lop/", person_without_factor, name="person_without_factor"),
    path(f"{PERSON}vai-tro/", role_add, name="role_add"),
    path(f"{PERSON}vai-tro/<int:role_id>/", role_change, name="role_change"),
    path(f"{PERSON}vai-tro/<int:role_id>/thu-hoi/", role_withdraw, name="role_withdraw"),
]
