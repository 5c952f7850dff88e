"""Addresses of frameworks."""

from django.urls import path

from criteria.views.frameworks import framework, frameworks

app_name = "criteria"
urlpatterns = [
    path("", frameworks, name="frameworks"),
    path("<int:framework_id>/", framework, name="framework"),
]
