"""Addresses of survey points (`/dot/…/khao-sat/…`)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
