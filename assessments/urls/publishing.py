"""Addresses of preparing, confirming, superseding and withdrawing a publication (`/dot/…/cong-bo/…`)."""

from django.urls import path

from assessments.views.publishing import (
    confirmation,
    manifest,
    publishing,
    refusal,
    verification,
    withdrawal,
)

PAGE = "dot/<slug:round_code>/cong-bo/"
PREPARED = f"{PAGE}ban-chuan-bi/<int:preparation_id>/"
urlpatterns = [
    path(PAGE, publishing, name="publishing"),
    path(f"{PAGE}thu-hoi/", withdrawal, name="publishing_withdrawal"),
    path(f"{PREPARED}xac-nhan/", confirmation, name="publishing_confirmation"),
    path(f"{PREPARED}tu-choi/", refusal, name="publishing_refusal"),
    path(f"{PAGE}<int:publication_id>/ma-kiem-tra.json", manifest, name="publication_manifest"),
    path(f"{PAGE}<int:publication_id>/kiem-tra/", verification, name="publication_verification"),
]
