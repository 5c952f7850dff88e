"""Addresses of rounds, files, appraisal, publication and documents, a module for each part of the work.

`results` comes last: its addresses are the widest.
"""

from assessments.urls import (
    appraisal,
    evidence,
    progress,
    publishing,
    results,
    reviews,
    self_scoring,
    setup,
    survey,
    work,
)

app_name = "assessments"
urlpatterns = [
    *work.urlpatterns,
    *setup.urlpatterns,
    *evidence.urlpatterns,
    *results.own_urlpatterns,
    *self_scoring.urlpatterns,
    *progress.urlpatterns,
    *appraisal.urlpatterns,
    *reviews.urlpatterns,
    *survey.urlpatterns,
    *publishing.urlpatterns,
    *results.urlpatterns,
]
