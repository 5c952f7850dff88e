"""Check publications against their hashes, and recompute them from their rows."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from assessments.enums import PublicationState
from assessments.management.lookup import refusal
from assessments.models import Publication
from assessments.publication import broken_rows, changed_since
from parindex.audit.events import Actor
from parindex.commandline import JsonCommand, Refused


class Command(JsonCommand):
    help = "Kiểm tra bản công bố: mã kiểm tra còn khớp không, tính lại có ra đúng số đã công bố không."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("publication", type=int, nargs="?", default=None, metavar="ID")

    def answer(self, by: Actor, **options: Any) -> Mapping[str, Any]:
        publications = Publication.objects.select_related("round").order_by("pk")
        if options["publication"] is not None:
            publications = publications.filter(pk=options["publication"])
            if not publications:
                raise refusal(f"Không có bản công bố {options['publication']}.", kind="unknown_publication")
        checked = [_checked(publication) for publication in publications]
        answer = {"publications": checked, "intact": all(row["intact"] for row in checked)}
        if not answer["intact"]:
            raise Refused(answer)
        return answer


def _checked(publication: Publication) -> dict[str, Any]:
    broken = broken_rows(publication)
    current = publication.state == PublicationState.CURRENT
    return {
        "publication": publication.pk,
        "round": publication.round.code,
        "state": publication.state,
        "digest": publication.digest,
        "intact": not broken,
        "broken": broken,
        "changed_since": changed_since(publication) if current else [],
    }
