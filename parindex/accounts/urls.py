"""Addresses of organisers, their units and their accounts, under /to-chuc/."""

from django.urls import path

from parindex.accounts.views.setup import first_run

app_name = "accounts"
urlpatterns = [
    path("bat-dau/", first_run, name="first_run"),
]
