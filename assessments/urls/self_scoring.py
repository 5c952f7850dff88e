"""Addresses of a unit's own files."""

from django.urls import path

from assessments.views.handing_in import check_file
from assessments.views.row_saving import save_row
from assessments.views.self_scoring import own_content, own_file, own_files

FILE = "ho-so/<slug:round_code>/<slug:group_code>/<str:unit_code>/"
urlpatterns = [
    path("ho-so/", own_files, name="own_files"),
    path(FILE, own_file, name="own_file"),
    path(f"{FILE}kiem-tra/", check_file, name="check_file"),
    path(f"{FILE}<str:content_code>/", own_content, name="own_content"),
    path(f"{FILE}<str:content_code>/<str:leaf_code>/luu/", save_row, name="save_row"),
]
