"""Addresses of start pages and notices (`/viec/`, `/thong-bao/`)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
