"""Rounds, assessments, scores and publications."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "Đợt đánh giá"
