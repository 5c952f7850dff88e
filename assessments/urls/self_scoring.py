"""Addresses of a unit's own files."""

from django.urls import path

from assessments.views.self_scoring import own_content, own_file, own_files

FILE = "ho-so/<slug:round_code>/<slug:group_code>/<str:unit_code>/"
urlpatterns = [
    path("ho-so/", own_files, name="own_files"),
    path(FILE, own_file, name="own_file"),
    path(f"{FILE}<str:content_code>/", own_content, name="own_content"),
]
