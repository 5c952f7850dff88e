"""Addresses of the data interface."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
