"""Addresses of appraisal: work list, a criterion across units, one file, clarifications."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
