"""Addresses of a round's progress for those who run it."""

from django.urls import path

from assessments.views.progress import progress, progress_file, progress_move

FILE = "dot/<slug:round_code>/tien-do/<slug:group_code>/<str:unit_code>/"
urlpatterns = [
    path("dot/<slug:round_code>/tien-do/", progress, name="progress"),
    path(FILE, progress_file, name="progress_file"),
    path(f"{FILE}<slug:verb_code>/", progress_move, name="progress_move"),
]
