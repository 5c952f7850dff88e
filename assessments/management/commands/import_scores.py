"""Record scores, targets or announced results from a file."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from assessments.enums import Stage
from assessments.exceptions import AssessmentError, InputRefused
from assessments.management.lookup import find_groups, find_round, refusal
from assessments.score_import import import_announced, import_scores
from parindex.audit.events import Actor
from parindex.commandline import JsonCommand, Refused


class Command(JsonCommand):
    help = "Ghi điểm từ bảng tính: mỗi đơn vị một dòng và mỗi mục một cột, hoặc mỗi mục một dòng."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--round", required=True, metavar="C")
        parser.add_argument("--group", default=None, metavar="G")
        parser.add_argument("--stage", required=True, choices=Stage.values)
        parser.add_argument("--dry-run", action="store_true", help="chỉ kiểm tra, không ghi")

    def answer(self, by: Actor, **options: Any) -> Mapping[str, Any]:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"Không có tệp {path}.", returncode=2)
        asked = {"round": options["round"], "stage": options["stage"]}
        try:
            done = _import(path, by, options)
        except InputRefused as error:
            raise Refused({**asked, "stored": 0, "problems": error.problems}) from error
        except AssessmentError as error:
            raise refusal(str(error), **asked, stored=0) from error
        except Refused as error:
            raise Refused({**asked, "stored": 0, **error.answer}) from error
        return {**asked, **done}

    def in_words(self, answer: Mapping[str, Any]) -> str:
        lines = [item["message"] for item in answer["problems"]]
        if "dry_run" not in answer:
            return "\n".join([*lines, "Chưa ghi gì."])
        done = "Kiểm tra xong, chưa ghi" if answer["dry_run"] else "Đã ghi"
        lines += [
            f"{item['unit']}: {item['field']} công bố {item['published']}, tính được {item['computed']}."
            for item in answer.get("differences", ())
        ]
        counts = f"{answer['stored']} điểm và {answer['figures']} số tổng của {answer['units']} đơn vị."
        return "\n".join([*lines, f"{done} {counts}"])


def _import(path: Path, by: Actor, options: Mapping[str, Any]) -> dict[str, Any]:
    groups = find_groups(find_round(options["round"]), options["group"])
    stage, dry_run = Stage(options["stage"]), bool(options["dry_run"])
    given: dict[str, Any] = {"filename": path.name, "groups": groups, "by": by, "dry_run": dry_run}
    if stage is Stage.PUBLISHED:
        done = import_announced(path.read_bytes(), **given)
        more: dict[str, Any] = {"differences": done.differences}
    else:
        done = import_scores(path.read_bytes(), stage=stage, **given)
        more = {}
    return {
        "units": done.units,
        "stored": done.stored,
        "figures": done.figures,
        "dry_run": dry_run,
        "problems": done.problems,
        **more,
    }
