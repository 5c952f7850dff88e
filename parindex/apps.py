"""The project's ground floor: templates' filters and shared fields."""

from django.apps import AppConfig


class ParIndexConfig(AppConfig):
    name = "parindex"
    verbose_name = "Chỉ số cải cách hành chính"
