"""Rounds, assessments, scores and publications."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "Đợt đánh giá"

    def ready(self) -> None:
        """People act in the duties that they have in rounds, too."""
        # Models can be imported only once all apps are loaded.
        from assessments.permissions.acting import held_duties  # noqa: PLC0415
        from parindex.accounts.acting import add_source  # noqa: PLC0415

        add_source(held_duties)
