"""Surveys and their points."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = "Điều tra xã hội học"
