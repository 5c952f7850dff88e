"""Rounds and their groups, units' files with scores, evidence and appraisal, publications, notices."""

from assessments.models.appraisal import Clarification, Opinion, Substitute, SurveySample
from assessments.models.assessment import AnyScore, Assessment, Score, ScoreRow
from assessments.models.document import Document
from assessments.models.evidence import Evidence, EvidenceUse
from assessments.models.kept_ranking import KeptRanking, KeptUnit
from assessments.models.move_job import MoveJob
from assessments.models.notice import Notice
from assessments.models.paper import AnnouncedResult, PaperFigure
from assessments.models.people import RoundRole
from assessments.models.preparation import Preparation
from assessments.models.publication import Publication, PublishedGroup, PublishedUnit
from assessments.models.review import ReviewRequest
from assessments.models.round import ClassBand, Group, Round
from assessments.models.set_aside import SetAside

__all__ = [
    "AnnouncedResult",
    "AnyScore",
    "Assessment",
    "Clarification",
    "ClassBand",
    "Document",
    "Evidence",
    "EvidenceUse",
    "Group",
    "KeptRanking",
    "KeptUnit",
    "MoveJob",
    "Notice",
    "Opinion",
    "PaperFigure",
    "Preparation",
    "Publication",
    "PublishedGroup",
    "PublishedUnit",
    "ReviewRequest",
    "Round",
    "RoundRole",
    "Score",
    "ScoreRow",
    "SetAside",
    "Substitute",
    "SurveySample",
]
