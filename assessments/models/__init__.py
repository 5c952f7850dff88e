"""Rounds and their groups, units' assessments and scores, papers' figures, publications."""

from assessments.models.assessment import Assessment, Score
from assessments.models.document import Document
from assessments.models.paper import AnnouncedResult, PaperFigure
from assessments.models.people import RoundRole
from assessments.models.publication import Publication, PublishedGroup, PublishedUnit
from assessments.models.round import ClassBand, Group, Round

__all__ = [
    "AnnouncedResult",
    "Assessment",
    "ClassBand",
    "Document",
    "Group",
    "PaperFigure",
    "Publication",
    "PublishedGroup",
    "PublishedUnit",
    "Round",
    "RoundRole",
    "Score",
]
