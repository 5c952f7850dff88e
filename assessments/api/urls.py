"""Addresses of the data interface."""

from django.urls import path

from assessments.api.views import Differences, Ranking, RoundDetail, RoundList, Unit

app_name = "data"
urlpatterns = [
    path("rounds/", RoundList.as_view(), name="rounds"),
    path("rounds/<slug:round_code>/", RoundDetail.as_view(), name="round"),
    path("rounds/<slug:round_code>/groups/<slug:group_code>/ranking/", Ranking.as_view(), name="ranking"),
    path(
        "rounds/<slug:round_code>/groups/<slug:group_code>/units/<str:unit_code>/",
        Unit.as_view(),
        name="unit",
    ),
    path(
        "rounds/<slug:round_code>/groups/<slug:group_code>/differences/",
        Differences.as_view(),
        name="differences",
    ),
]
