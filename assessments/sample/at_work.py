"""Hoàng Mai's wards again, dated from today: one round being self-scored, one being appraised."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assessments.appraisal import Decision, ask, decide
from assessments.enums import AssessmentState, Track, Verb, Voice
from assessments.evidence import About, Leaf, add_files, add_reference, attach, read_files, set_pointer
from assessments.models import Assessment, Evidence, EvidenceUse, Group, Round, Score
from assessments.moves import move
from assessments.sample.frameworks import FIXTURES, LOADER, organiser
from assessments.sample.generated import concluded_words, own_words
from assessments.sample.people import DUTIES
from assessments.sample.rounds import add, leaves_of
from assessments.workflow import GroupSettings, open_round, record_words
from assessments.workflow.people import name_role
from criteria.enums import Source
from criteria.models import Criterion, Framework
from parindex.accounts.models import User
from parindex.audit.events import record

MADE_UP = "Số liệu minh họa"
LAST_YEAR = "hoang-mai-phuong-2024"
# How much of its leaves each ward has scored, in percent, in the order of their names.
SHARES = (60, 100, 100, 85, 35, 10, 0)
SUBMITTED, APPRAISED, RETURNED = 1, 8, 9
PAPERS = (
    About("Kế hoạch cải cách hành chính năm", number="05/KH-UBND", issuer="UBND phường Đại Kim"),
    About("Kế hoạch nâng cao chỉ số SIPAS", number="18/KH-UBND", issuer="UBND phường Đại Kim"),
    About("Báo cáo cải cách hành chính quý I", number="72/BC-UBND", issuer="UBND phường Đại Kim"),
)


def rounds_at_work(wards: Framework, *, today: dt.date) -> None:
    """Both rounds. The accounts of the sample are there already."""
    people = {user.username: user for user in User.objects.filter(username__endswith="hoangmai")}
    people["daikim"] = User.objects.get(username="daikim")
    _self_scoring(wards, people, today)
    _in_appraisal(wards, people, today)


def _self_scoring(wards: Framework, people: Mapping[str, User], today: dt.date) -> None:
    """Wards in every state, from one that has not begun to one about which the council already speaks."""
    group = _ward_round(wards, "minh-hoa-tu-cham", "đang tự chấm", people, today=today, self_scoring_left=12)
    files = _files(group)
    for place, file in enumerate(files):
        share = SHARES[place % len(SHARES)]
        words = list(own_words([file], leaves_of(group), share=share))
        record_words(group, words, track=Track.SELF, by=LOADER, because=MADE_UP)
        if place in (SUBMITTED, APPRAISED, RETURNED):
            _put(file, AssessmentState.SUBMITTED, at=timezone.now())
        elif share == 100:
            _put(file, AssessmentState.UNIT_REVIEW)
    publisher = people["noivu.hoangmai"]
    move(files[APPRAISED], Verb.START_APPRAISAL, by_user=publisher)
    _speak(files[APPRAISED], people, today)
    why = "Tài liệu kiểm chứng của nội dung 1 chưa có số, ngày văn bản. Đề nghị bổ sung rồi nộp lại."
    move(files[RETURNED], Verb.RETURN_AT_RECEIPT, by_user=publisher, reason=why)
    own = next(file for file in files if file.unit_code == "dai-kim")
    _prove(own, people["daikim"], today)


def _in_appraisal(wards: Framework, people: Mapping[str, User], today: dt.date) -> None:
    """Every ward in appraisal, most leaves concluded; Đại Kim has brought evidence and is asked for more."""
    group = _ward_round(
        wards, "minh-hoa-tham-dinh", "đang thẩm định", people, today=today, self_scoring_left=-20
    )
    files = _files(group)
    own = list(own_words(files, leaves_of(group)))
    record_words(group, own, track=Track.SELF, by=LOADER, because=MADE_UP)
    words = list(concluded_words(files, leaves_of(group), share=70))
    record_words(group, words, track=Track.CONCLUSION, by=LOADER, because=MADE_UP)
    asked = next(file for file in files if file.unit_code == "dai-kim")
    _prove_again(asked, people["daikim"])
    for file in files:
        _put(file, AssessmentState.IN_APPRAISAL, at=timezone.now() - dt.timedelta(days=21))
    _speak(asked, people, today)


def _ward_round(
    wards: Framework,
    code: str,
    stage: str,
    people: Mapping[str, User],
    *,
    today: dt.date,
    self_scoring_left: int,
) -> Group:
    """A round of the wards with its council and lead agency, after the round of the year before."""
    end = today + dt.timedelta(days=self_scoring_left)
    days = {"self_scoring": 0, "compiling": 15, "appraisal": 40, "publication": 60}
    round = open_round(
        code=code,
        year=today.year,
        organiser=organiser("Ủy ban nhân dân quận Hoàng Mai"),
        title=f"Đợt minh họa {stage}, các phường quận Hoàng Mai",
        previous=Round.objects.get(code=LAST_YEAR),
        dates={f"{step}_until": end + dt.timedelta(days=after) for step, after in days.items()},
        note="Điểm do chương trình sinh ra để minh họa; ngày tháng tính từ ngày nạp dữ liệu mẫu.",
        by=LOADER,
    )
    settings = GroupSettings(holds_survey=False, is_illustrative=True)
    group = add(round, "ubnd-phuong", "Ủy ban nhân dân phường", wards, "hoang-mai-phuong.csv", settings)
    for account in DUTIES:
        name_role(
            round,
            user=people[account.username],
            role=account.role,
            contents=account.contents,
            by_user=people["noivu.hoangmai"],
        )
    return group


def _files(group: Group) -> list[Assessment]:
    files = group.assessments.select_related("group__round__organiser", "group__framework", "unit")
    return list(files.order_by("unit_sort_key"))


def _put(file: Assessment, state: AssessmentState, *, at: dt.datetime | None = None) -> None:
    """Set a file's state, on record: its unit has no accounts that could have sent it."""
    before = AssessmentState(file.state)
    file.state, file.submitted_at = state, at
    file.save(update_fields=["state", "submitted_at"])
    record(
        by=LOADER,
        verb="đặt trạng thái hồ sơ mẫu",
        on=file,
        before={"state": before.value},
        after={"state": state.value},
        reason="Dữ liệu minh họa",
    )


# -- what people have said and brought


def _speak(file: Assessment, people: Mapping[str, User], today: dt.date) -> None:
    """Proposals of the lead agency, opinions of two members that differ, a question to the unit."""
    leaves = _scored(file)
    lead, first, second, secretary = (
        people[f"{name}.hoangmai"] for name in ("daumoi", "thanhvien1", "thanhvien2", "thuky")
    )
    for leaf in leaves[:2]:
        _say(file, leaf, Voice.PROPOSAL, lead)
    lower = "Văn bản ban hành sau thời hạn quy định."
    _say(file, leaves[2], Voice.PROPOSAL, lead, points=leaves[2].max_points / 2, reason=lower)
    _say(file, leaves[2], Voice.OPINION, first)
    _say(file, leaves[2], Voice.OPINION, second, points=leaves[2].max_points / 2, reason=lower)
    question = f"Đề nghị bổ sung văn bản chứng minh điểm tự chấm mục {leaves[2].code}."
    ask(file, leaves[2], question=question, until=today + dt.timedelta(days=5), by=secretary)


def _say(
    file: Assessment,
    leaf: Criterion,
    voice: Voice,
    by: User,
    *,
    points: Decimal | None = None,
    reason: str = "",
) -> None:
    """A first word on a leaf: the self-score kept, or other points with a reason."""
    own = file.scores.get(track=Track.SELF, criterion=leaf)
    said = Decision(voice, 0, own.version, keeps=points is None, points=points, reason=reason)
    decide(file, leaf, said, by=by)


def _prove(file: Assessment, officer: User, today: dt.date) -> None:
    """References to three papers of the unit and one file, for the first leaves that it has scored."""
    leaves = _scored(file)
    issued = today - dt.timedelta(days=90)
    for leaf, about in zip(leaves, PAPERS, strict=False):
        paper = About(about.title, about.number, issued, about.issuer)
        piece = add_reference(file.unit, paper, by=officer, leaf=Leaf(file, leaf))
        set_pointer(EvidenceUse.objects.get(evidence=piece), "Mục II", seen="", by=officer)
    content = (FIXTURES / "hoang-mai-2024.xlsx").read_bytes()
    upload = SimpleUploadedFile("Khung Chỉ số kèm Quyết định 351.xlsx", content)
    taken, _ = read_files([upload])
    add_files(file.unit, taken, by=officer, leaf=Leaf(file, leaves[3]))


def _prove_again(file: Assessment, officer: User) -> None:
    """The unit's documents offered for this file too, while it was still open."""
    pieces = Evidence.objects.filter(unit=file.unit).order_by("pk")
    for leaf, piece in zip(_scored(file), pieces, strict=False):
        attach(Leaf(file, leaf), [piece], by=officer, now=timezone.now() - dt.timedelta(days=30))


def _scored(file: Assessment) -> list[Criterion]:
    """The leaves of the first content that the unit has scored above nothing, in order."""
    own = Score.objects.filter(
        assessment=file, track=Track.SELF, obtained__gt=0, criterion__source=Source.SELF
    ).select_related("criterion__content")
    ordered = sorted((score.criterion for score in own), key=lambda leaf: leaf.position)
    return [leaf for leaf in ordered if leaf.content_id == ordered[0].content_id]
