"""Addresses of survey points (`/dot/…/khao-sat/…`)."""

from django.urls import path

from assessments.views.survey import (
    survey_confirmation,
    survey_leaf,
    survey_points,
    survey_template,
    survey_upload,
)

PAGE = "dot/<slug:round_code>/khao-sat/"
GROUP = f"{PAGE}<slug:group_code>/"
urlpatterns = [
    path(PAGE, survey_points, name="survey_points"),
    path(f"{GROUP}mau.xlsx", survey_template, name="survey_template"),
    path(f"{GROUP}tai-len/", survey_upload, name="survey_upload"),
    path(f"{GROUP}xac-nhan/", survey_confirmation, name="survey_confirmation"),
    path(f"{GROUP}muc/<str:leaf_code>/", survey_leaf, name="survey_leaf"),
]
