"""Addresses of a round's progress for those who run it."""

from django.urls import path

from assessments.views.progress import (
    progress,
    progress_file,
    progress_move,
    progress_paper,
    progress_remind,
)

FILE = "dot/<slug:round_code>/tien-do/<slug:group_code>/<str:unit_code>/"
urlpatterns = [
    path("dot/<slug:round_code>/tien-do/", progress, name="progress"),
    path("dot/<slug:round_code>/nhac-nop/<slug:group_code>/", progress_remind, name="progress_remind"),
    path(FILE, progress_file, name="progress_file"),
    path(f"{FILE}ban-giay/", progress_paper, name="progress_paper"),
    path(f"{FILE}<slug:verb_code>/", progress_move, name="progress_move"),
]
