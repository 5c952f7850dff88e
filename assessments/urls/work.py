"""Addresses of start pages and notices."""

from django.urls import path

from assessments.views.work import notice, notices, read_all, work

urlpatterns = [
    path("viec/", work, name="work"),
    path("thong-bao/", notices, name="notices"),
    path("thong-bao/da-doc/", read_all, name="notices_read"),
    path("thong-bao/<int:notice_id>/", notice, name="notice"),
]
