"""Addresses of the appraisal: the bench of those who appraise, and the questions to a unit."""

from django.urls import path

from assessments.views.appraisal import appraisal_leaf
from assessments.views.appraisal_answers import own_clarifications
from assessments.views.appraisal_files import (
    appraisal_file,
    appraisal_meeting,
    appraisal_recognise_file,
    appraisal_recognise_leaf,
)
from assessments.views.appraisal_work import appraisal, appraisal_next, appraisal_rounds

ROUND = "dot/<slug:round_code>/tham-dinh/"
GROUP = f"{ROUND}<slug:group_code>/"
urlpatterns = [
    path("tham-dinh/", appraisal_rounds, name="appraisal"),
    path(ROUND, appraisal, name="appraisal"),
    path(f"{GROUP}tiep-theo/", appraisal_next, name="appraisal_next"),
    path(f"{GROUP}con-khac-nhau/", appraisal_meeting, name="appraisal_meeting"),
    path(f"{GROUP}bien-ban/", appraisal_meeting, {"minutes": True}, name="appraisal_minutes"),
    path(f"{GROUP}don-vi/<str:unit_code>/", appraisal_file, name="appraisal_file"),
    path(
        f"{GROUP}don-vi/<str:unit_code>/cong-nhan/",
        appraisal_recognise_file,
        name="appraisal_recognise_file",
    ),
    path(f"{GROUP}<str:leaf_code>/", appraisal_leaf, name="appraisal_leaf"),
    path(f"{GROUP}<str:leaf_code>/cong-nhan/", appraisal_recognise_leaf, name="appraisal_recognise_leaf"),
    path(
        "giai-trinh/<slug:round_code>/<slug:group_code>/<str:unit_code>/",
        own_clarifications,
        name="own_clarifications",
    ),
]
