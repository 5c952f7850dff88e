"""Addresses of evidence of a unit and of a leaf (`/tai-lieu/…`)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
