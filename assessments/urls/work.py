"""Addresses of start pages, notices and histories."""

from django.urls import path

from assessments.views.history import own_history, round_history
from assessments.views.work import notice, notices, read_all, work

urlpatterns = [
    path("viec/", work, name="work"),
    path("thong-bao/", notices, name="notices"),
    path("thong-bao/da-doc/", read_all, name="notices_read"),
    path("thong-bao/<int:notice_id>/", notice, name="notice"),
    path("lich-su/dot/<slug:round_code>/", round_history, name="round_history"),
    path(
        "lich-su/ho-so/<slug:round_code>/<slug:group_code>/<str:unit_code>/", own_history, name="own_history"
    ),
]
