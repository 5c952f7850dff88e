"""Addresses of evidence: a leaf's own, a unit's library, and the files themselves."""

from django.urls import path

from assessments.views.evidence import (
    evidence_detach,
    evidence_pointer,
    leaf_evidence,
    leaf_reference,
    leaf_reuse,
)
from assessments.views.evidence_files import evidence_file, evidence_use
from assessments.views.evidence_library import (
    library,
    library_reference,
    own_libraries,
    piece,
    piece_delete,
)

LEAF = "ho-so/<slug:round_code>/<slug:group_code>/<str:unit_code>/muc/<str:leaf_code>/tai-lieu/"
USE = "tai-lieu/cua-muc/<int:use_id>/"
UNIT = "tai-lieu/<int:unit_id>/"
PIECE = f"{UNIT}<int:evidence_id>/"
urlpatterns = [
    path(LEAF, leaf_evidence, name="leaf_evidence"),
    path(f"{LEAF}dan-chieu/", leaf_reference, name="leaf_reference"),
    path(f"{LEAF}dung-lai/", leaf_reuse, name="leaf_reuse"),
    path(USE, evidence_use, name="evidence_use"),
    path(f"{USE}cho-xem/", evidence_pointer, name="evidence_pointer"),
    path(f"{USE}bo/", evidence_detach, name="evidence_detach"),
    path("tai-lieu/", own_libraries, name="own_libraries"),
    path(UNIT, library, name="library"),
    path(f"{UNIT}dan-chieu/", library_reference, name="library_reference"),
    path(PIECE, piece, name="piece"),
    path(f"{PIECE}tep/", evidence_file, name="evidence_file"),
    path(f"{PIECE}xoa/", piece_delete, name="piece_delete"),
]
