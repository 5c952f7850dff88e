"""Addresses of preparing, confirming, superseding and withdrawing a publication (`/dot/…/cong-bo/…`)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
