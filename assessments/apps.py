"""Rounds, assessments, scores and publications."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "Đợt đánh giá"

    def ready(self) -> None:
        """People act in the duties that they have in rounds, too, and are told of what is delegated."""
        # Models can be imported only once all apps are loaded.
        from assessments.notifications import notify  # noqa: PLC0415
        from assessments.permissions.acting import held_duties  # noqa: PLC0415
        from parindex.accounts.acting import add_source  # noqa: PLC0415
        from parindex.accounts.delegation import tellers  # noqa: PLC0415

        add_source(held_duties)
        tellers.append(notify)
