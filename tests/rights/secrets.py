"""What must not be read by everybody: each distinctive text and number with those who may read it."""

from collections.abc import Iterator

from tests.rights.cast import (
    APPRAISED,
    CLOSED,
    DRAFT,
    LATE,
    PEOPLE,
    PUBLISHED,
    REVIEW,
    ROLES,
    SUPERSEDED,
)
from tests.rights.world import amount, secret

EVERYBODY = frozenset(PEOPLE)
UNITS = {
    "A1": frozenset(("officer", "head", "insider", "recused")),
    "A2": frozenset(("neighbour_officer", "neighbour_head", "elsewhere")),
    "A3": frozenset[str](),
}
STAFF = frozenset(
    ("publisher", "publisher2", "delegate", "insider", "elsewhere", "auditor", "watching_member")
)
MEMBERS = frozenset(("member", "member2", "watching_member"))
NOT_SUBMITTED = (DRAFT, LATE, REVIEW)
PUBLIC = (PUBLISHED, SUPERSEDED)


def concluders(tag: str) -> frozenset[str]:
    """Who concludes a file: nobody of the unit, whose stand-in does it for this one unit."""
    return frozenset(("chair", "secretary", "substitute" if tag == "A1" else "recused"))


def readers(state: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Each secret of the first organiser with everybody who may read it in this state."""
    for place, (tag, unit) in enumerate(UNITS.items()):
        yield from _of_file(state, tag, place, unit)
    public = state in PUBLIC
    council = frozenset(("lead", "chair", "secretary", "recused", "substitute")) | MEMBERS
    own = UNITS["A1"] | UNITS["A2"]
    yield secret("A", "dot"), EVERYBODY if public else STAFF | council | own
    drafts = STAFF | {"manager"}
    for what in ("khung-nhap", "tieu-chi-nhap", "cho-lech"):
        yield secret("A", what), drafts
    for what in ("ban-luu", "chuan-bi"):
        yield secret("A", what), STAFF
    yield secret("A", "ly-do-thay"), STAFF | {"chair", "secretary", "recused"}
    for name in ROLES:
        yield secret("A", f"bao-{name}!"), frozenset((name,))
        yield f"kin-a-{name}@vidu.vn", frozenset((name, "administrator"))


def _of_file(state: str, tag: str, place: int, unit: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    judges = (STAFF | concluders(tag)) - unit
    appraisers = judges | MEMBERS
    submitted = state not in NOT_SUBMITTED
    seen = unit | STAFF | (appraisers | {"lead"} if submitted else frozenset())
    # A publication holds each unit's whole scorecard: what it claimed and said, and what was concluded.
    published = EVERYBODY if state in PUBLIC else seen
    yield secret(tag, "giai-trinh"), published
    yield _digits(place, 1), published
    yield secret(tag, "tai-lieu"), seen
    yield secret(tag, "nhat-ky"), unit | STAFF
    if state not in APPRAISED or place == 2:
        return
    yield secret(tag, "cau-hoi"), appraisers | unit
    yield secret(tag, "proposal-lead"), appraisers | {"lead"}
    yield _digits(place, 2), appraisers | {"lead"}
    yield secret(tag, "opinion-member"), (judges - MEMBERS) | {"member"}
    yield _digits(place, 3), (judges - MEMBERS) | {"member"}
    yield secret(tag, "opinion-member2"), (judges - MEMBERS) | {"member2"}
    yield _digits(place, 4), (judges - MEMBERS) | {"member2"}
    concluded = appraisers | {"lead"}
    if state in CLOSED:
        concluded |= unit
    if state in PUBLIC:
        concluded = EVERYBODY
    yield secret(tag, "conclusion-chair"), concluded
    yield _digits(place, 0), concluded
    yield from _of_reviews(tag, judges, unit)


def _of_reviews(
    tag: str, judges: frozenset[str], unit: frozenset[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Requests for review: the unit's own until they are sent; then of those who see to the answer too.

    A publisher or auditor of another unit of the group is not among these, unless they sit in the council.
    """
    for what in ("de-nghi-viet", "de-nghi-bo"):
        yield secret(tag, what), unit
    ranked = UNITS["A1"] | UNITS["A2"]
    for what in ("de-nghi-gui", "de-nghi-xong", "tra-loi"):
        yield secret(tag, what), unit | (judges - (ranked - {"recused"}))


def _digits(place: int, what: int) -> str:
    """The decimals of an amount: pages write a comma, files a point."""
    return str(amount("A", place, what)).partition(".")[2]
