"""Addresses of opening a round and its settings, groups and people (`/dot/…/thiet-lap/…`)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
