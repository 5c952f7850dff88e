"""Finding what a command names, and refusing in words what is not there."""

from typing import Any

from assessments.models import Group, Round
from parindex.commandline import Refused


def refusal(message: str, kind: str = "refused", **more: Any) -> Refused:
    """One problem as an answer with exit code 1."""
    return Refused({"problems": [{"kind": kind, "severity": "error", "message": message}], **more})


def find_round(code: str) -> Round:
    """The round of this code."""
    found = Round.objects.select_related("organiser").filter(code=code).first()
    if found is None:
        raise refusal(f"Không có đợt đánh giá mã “{code}”.", kind="unknown_round")
    return found


def find_groups(round: Round, code: str | None) -> list[Group]:
    """The named group of a round, or all its groups in order."""
    groups = round.groups.select_related("round__organiser", "framework__decision__issuer", "survey")
    if code is None:
        return list(groups.order_by("position"))
    found = groups.filter(code=code).first()
    if found is None:
        raise refusal(f"Đợt “{round.code}” không có nhóm mã “{code}”.", kind="unknown_group")
    return [found]
