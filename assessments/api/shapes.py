"""What each address answers, put together from frozen rows. Amounts stay the frozen text."""

from collections.abc import Sequence
from typing import Any

from assessments.frozen import may_name
from assessments.models import Publication, PublishedGroup, PublishedUnit

Json = dict[str, Any]
ILLUSTRATIVE = "số liệu minh họa"


def round_shape(publication: Publication) -> Json:
    """A round with its decision and groups."""
    return {
        **round_head(publication),
        "groups": [
            {**group_head(group), "illustrative": group.is_illustrative, "note": note(group)}
            for group in publication.groups.all()
        ],
    }


def round_head(publication: Publication) -> Json:
    """A round and the decision that announces its results."""
    found = publication.round
    return {
        "code": found.code,
        "title": found.title,
        "year": found.year,
        "organiser": found.organiser.name,
        "decision": {
            "number": publication.decision_number,
            "signed": publication.signed,
            "signer": publication.signer,
            "published_at": publication.published_at,
            "digest": publication.digest,
        },
    }


def group_head(group: PublishedGroup) -> Json:
    """A group's code, name and size."""
    return {
        "code": group.code,
        "name": group.name,
        "units": group.units_count,
        "mean_index": group.mean_index,
    }


def note(group: PublishedGroup) -> str:
    """What has to be said of a group's figures wherever they are shown."""
    return ILLUSTRATIVE if group.is_illustrative else ""


def setting(group: PublishedGroup) -> Json:
    """What stands at the head of every answer about a group."""
    return {
        "round": round_head(group.publication),
        "group": group_head(group),
        "illustrative": group.is_illustrative,
        "note": note(group),
    }


def ranking_shape(group: PublishedGroup, rows: Sequence[Json], page: Json) -> Json:
    """One page of a ranking under its header."""
    header = group.header
    return {
        **setting(group),
        "framework": header["framework"],
        "settings": header["settings"],
        "classes": header["classes"],
        "contents": [row for row in header["criteria"] if row["level"] == 1],
        **page,
        "rows": rows,
    }


def unit_shape(group: PublishedGroup, unit: PublishedUnit) -> Json:
    """A unit's row and its whole scorecard, in document order."""
    names = may_name(group.header)
    return {
        **setting(group),
        "row": unit.row,
        "scorecard": [_node(row, unit.scorecard, names=names) for row in group.header["criteria"]],
    }


def _node(criterion: Json, scorecard: Json, *, names: bool) -> Json:
    sums = scorecard["nodes"].get(criterion["code"])
    words = scorecard["leaves"].get(criterion["code"], {})
    return {
        **criterion,
        "obtained": sums[0] if sums else None,
        "attainable": sums[1] if sums else None,
        "self_score": _word(words.get("self"), names=names),
        "conclusion": _word(words.get("conclusion"), names=names),
        "target": _word(words.get("target"), names=names),
    }


def _word(word: Json | None, *, names: bool) -> Json | None:
    return word if word is None or names else {**word, "by": ""}
