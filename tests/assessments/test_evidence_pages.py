"""Pages of evidence: a leaf's, a unit's library, and the files, for whom and how they are sent."""

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from assessments.enums import AssessmentState, RoundDuty
from assessments.evidence import About, Leaf, ReadFile, add_files, add_reference, attach, read_files
from assessments.models import Assessment, Clarification, Evidence, EvidenceUse
from assessments.progress import take_paper
from parindex.accounts.acting import SESSION_KEY, key_of
from parindex.accounts.enums import Role
from parindex.accounts.models import User
from parindex.audit.models import Event
from tests.assessments.evidence_files import WHOLE, keep_files_in, pdf, read, upload
from tests.assessments.people import file_in, give, someone
from tests.factories.accounts import UserFactory
from tests.factories.assessments import AssessmentFactory, GroupFactory, RoundRoleFactory

pytestmark = pytest.mark.django_db

DRAFT, UNIT_REVIEW, SUBMITTED, IN_APPRAISAL, CONCLUDED = AssessmentState
SEE_DRAFTS = [Role.UNIT_OFFICER, Role.UNIT_HEAD, Role.PUBLISHER, Role.AUDITOR]
SEE_SUBMITTED = [*SEE_DRAFTS, *RoundDuty]
SEE_NEVER = [Role.FRAMEWORK_MANAGER, Role.ADMINISTRATOR]
HTML = b"<!doctype html><html><script>alert(1)</script></html>"


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    keep_files_in(settings, tmp_path)


def soon(days: int = 5) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def leaf_in(state: AssessmentState = DRAFT, code: str = "1.1.1") -> Leaf:
    file = file_in(state, until=soon())
    return Leaf(file, file.group.used_framework.criteria.get(code=code))


def with_piece(state: AssessmentState = DRAFT, name: str = "Kế hoạch.pdf") -> EvidenceUse:
    """One file offered for a leaf, by an officer, of a file then in this state."""
    leaf = leaf_in()
    add_files(leaf.file.unit, whole(name), by=someone(Role.UNIT_OFFICER, leaf.file), leaf=leaf)
    Assessment.objects.filter(pk=leaf.file.pk).update(state=state)
    return EvidenceUse.objects.select_related("assessment__group__round", "evidence", "criterion").get()


def whole(*names: str) -> list[ReadFile]:
    """Whole files of these names, looked at and taken."""
    return read_files([upload(name, WHOLE[name]) for name in names])[0]


def url(leaf: Leaf, rest: str = "") -> str:
    file = leaf.file
    codes = (file.group.round.code, file.group.code, file.unit_code, leaf.criterion.code)
    return "/ho-so/{}/{}/{}/muc/{}/tai-lieu/".format(*codes) + rest


def use_url(use: EvidenceUse, rest: str = "") -> str:
    return f"/tai-lieu/cua-muc/{use.pk}/{rest}"


def piece_url(piece: Evidence, rest: str = "") -> str:
    return f"/tai-lieu/{piece.unit_id}/{piece.pk}/{rest}"


def signed_in(client: Client, role: Role | RoundDuty, file: Assessment) -> User:
    user = someone(role, file)
    client.force_login(user)
    return user


def status_of(client: Client, address: str) -> int:
    """The answer's status, its file read to the end and closed."""
    answer = client.get(address)
    answer.getvalue()
    return answer.status_code


def text(answer: HttpResponse) -> str:
    page = re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main")[1].replace("\u00a0", " "))
    return " ".join(page.split())


# -- files: for whom


@pytest.mark.parametrize("state", AssessmentState)
@pytest.mark.parametrize("role", [*SEE_SUBMITTED, *SEE_NEVER])
def test_a_files_evidence_opens_for_those_who_may_see_the_file(
    client: Client, role: Role | RoundDuty, state: AssessmentState
) -> None:
    use = with_piece(state)
    signed_in(client, role, use.assessment)
    handed_in = state not in (DRAFT, UNIT_REVIEW)
    sees = role in SEE_DRAFTS or (handed_in and role in RoundDuty)
    # Who has no part in the round is not told that there is such a file.
    expected = 200 if sees else 403 if role in RoundDuty else 404

    assert status_of(client, use_url(use)) == expected


@pytest.mark.parametrize("role", [*SEE_SUBMITTED, *SEE_NEVER])
def test_the_librarys_files_open_for_the_units_own_people_alone(
    client: Client, role: Role | RoundDuty
) -> None:
    use = with_piece(SUBMITTED)
    piece = use.evidence
    signed_in(client, role, use.assessment)
    own = role in (Role.UNIT_OFFICER, Role.UNIT_HEAD)

    for address in (
        piece_url(piece, "tep/"),
        piece_url(piece),
        f"/tai-lieu/{piece.unit_id}/",
        f"/tai-lieu/{piece.unit_id}/?dang=xlsx",
    ):
        assert status_of(client, address) == (200 if own else 404)


@pytest.mark.parametrize("role", SEE_SUBMITTED)
def test_people_of_another_organiser_find_no_address(client: Client, role: Role | RoundDuty) -> None:
    use, other = with_piece(SUBMITTED), file_in(DRAFT, until=soon())
    signed_in(client, role, other)

    assert_nothing_found(client, use)


@pytest.mark.parametrize("role", [Role.UNIT_OFFICER, Role.UNIT_HEAD])
def test_people_of_another_unit_of_the_same_round_find_no_address(client: Client, role: Role) -> None:
    use = with_piece(SUBMITTED)
    neighbour = GroupFactory(round=use.assessment.group.round, code="khac", size=1).assessments.get()
    signed_in(client, role, neighbour)

    assert_nothing_found(client, use)


def test_an_account_without_any_role_finds_no_address(client: Client) -> None:
    use = with_piece(SUBMITTED)
    client.force_login(UserFactory())

    assert_nothing_found(client, use)


def test_a_council_of_another_group_finds_no_file(client: Client) -> None:
    use = with_piece(SUBMITTED)
    other = GroupFactory(round=use.assessment.group.round, code="khac", size=1)
    client.force_login(RoundRoleFactory(round=other.round, group=other).user)

    assert client.get(use_url(use)).status_code == 404


def assert_nothing_found(client: Client, use: EvidenceUse) -> None:
    leaf, piece = Leaf(use.assessment, use.criterion), use.evidence
    for address in (
        url(leaf),
        use_url(use),
        piece_url(piece),
        piece_url(piece, "tep/"),
        f"/tai-lieu/{piece.unit_id}/",
        f"/tai-lieu/{piece.unit_id}/?dang=xlsx",
    ):
        assert client.get(address).status_code == 404, address
    for address in (
        url(leaf),
        url(leaf, "dan-chieu/"),
        url(leaf, "dung-lai/"),
        use_url(use, "cho-xem/"),
        use_url(use, "bo/"),
        f"/tai-lieu/{piece.unit_id}/",
        f"/tai-lieu/{piece.unit_id}/dan-chieu/",
        piece_url(piece),
        piece_url(piece, "xoa/"),
    ):
        assert client.post(address, {"files": upload()}).status_code == 404, address
    assert (Evidence.objects.count(), EvidenceUse.objects.count()) == (1, 1)


def test_a_visitor_is_sent_to_sign_in(client: Client) -> None:
    use = with_piece(SUBMITTED)

    for address in (use_url(use), piece_url(use.evidence, "tep/"), url(Leaf(use.assessment, use.criterion))):
        assert client.get(address)["Location"].startswith("/dang-nhap/")


def test_a_piece_is_found_in_its_own_units_library_alone(client: Client) -> None:
    use, other = with_piece(), file_in(DRAFT, until=soon())
    signed_in(client, Role.UNIT_OFFICER, other)

    assert client.get(f"/tai-lieu/{other.unit_id}/{use.evidence_id}/").status_code == 404
    assert client.get(f"/tai-lieu/{other.unit_id}/{use.evidence_id}/tep/").status_code == 404


@pytest.mark.parametrize("role", [Role.UNIT_HEAD])
def test_the_head_looks_and_changes_nothing(client: Client, role: Role) -> None:
    use = with_piece()
    leaf = Leaf(use.assessment, use.criterion)
    signed_in(client, role, use.assessment)

    assert "Bạn xem được tài liệu của mục này" in text(client.get(url(leaf)))
    assert "<form" not in client.get(url(leaf)).content.decode().split("<main")[1]
    for address in (url(leaf), url(leaf, "dan-chieu/"), url(leaf, "dung-lai/"), use_url(use, "bo/")):
        assert client.post(address, {"files": upload()}).status_code == 403
    assert client.post(f"/tai-lieu/{use.evidence.unit_id}/", {"files": upload()}).status_code == 403
    assert client.post(piece_url(use.evidence, "xoa/")).status_code == 403


def test_addresses_that_only_take_a_post(client: Client) -> None:
    use = with_piece()
    signed_in(client, Role.UNIT_OFFICER, use.assessment)
    leaf = Leaf(use.assessment, use.criterion)

    for address in (
        url(leaf, "dan-chieu/"),
        url(leaf, "dung-lai/"),
        use_url(use, "bo/"),
        use_url(use, "cho-xem/"),
    ):
        assert client.get(address).status_code == 405


# -- files: how they are sent


@pytest.mark.parametrize(
    ("name", "media_type", "shown"),
    [
        ("Kế hoạch.pdf", "application/pdf", "inline"),
        ("Ảnh.png", "image/png", "inline"),
        ("Ảnh.jpg", "image/jpeg", "inline"),
        ("Cũ.xls", "application/vnd.ms-excel", "attachment"),
        ("Mở.odt", "application/vnd.oasis.opendocument.text", "attachment"),
    ],
)
def test_a_file_is_sent_so_that_it_can_do_no_harm(
    client: Client, name: str, media_type: str, shown: str
) -> None:
    use = with_piece(SUBMITTED, name)
    signed_in(client, RoundDuty.COUNCIL_MEMBER, use.assessment)
    answer = client.get(use_url(use))

    assert b"".join(answer) == WHOLE[name]
    assert answer["Content-Type"] == media_type
    assert answer["Content-Disposition"].startswith(f"{shown}; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox;")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Length"] == str(len(WHOLE[name]))


def test_the_name_keeps_its_diacritics(client: Client) -> None:
    use = with_piece()
    signed_in(client, Role.UNIT_OFFICER, use.assessment)
    answer = client.get(use_url(use))
    answer.getvalue()

    assert answer["Content-Disposition"] == "inline; filename*=utf-8''K%E1%BA%BF%20ho%E1%BA%A1ch.pdf"


def test_nginx_sends_the_file_where_it_is_told_to(client: Client, settings: Any) -> None:
    settings.ACCEL_PREFIX = "/rieng/"
    use = with_piece()
    signed_in(client, Role.UNIT_OFFICER, use.assessment)
    answer = client.get(use_url(use))

    assert answer["X-Accel-Redirect"] == f"/rieng/{use.evidence.file.name}"
    assert (answer.content, answer["Cache-Control"]) == (b"", "private, no-store")


def test_a_file_that_the_storage_has_lost_is_not_found(client: Client) -> None:
    use = with_piece()
    Path(use.evidence.file.path).unlink()
    signed_in(client, Role.UNIT_OFFICER, use.assessment)

    assert client.get(use_url(use)).status_code == 404


def test_a_reference_has_no_file(client: Client) -> None:
    leaf = leaf_in()
    user = signed_in(client, Role.UNIT_OFFICER, leaf.file)
    piece = add_reference(leaf.file.unit, About("Kế hoạch", number="1"), by=user, leaf=leaf)

    assert client.get(piece_url(piece, "tep/")).status_code == 404


# -- a leaf's page


def test_an_officer_brings_several_files_at_once(client: Client) -> None:
    leaf = leaf_in()
    signed_in(client, Role.UNIT_OFFICER, leaf.file)
    files = [upload("Kế hoạch.pdf"), upload("Báo cáo.docx", WHOLE["Báo cáo.docx"])]
    answer = client.post(url(leaf), {"files": files}, follow=True)

    assert "Đã lưu 2 tệp." in text(answer)
    assert "Kế hoạch" in text(answer)
    assert [use.evidence.file_name for use in EvidenceUse.objects.order_by("pk")] == [
        "Kế hoạch.pdf",
        "Báo cáo.docx",
    ]


def test_good_files_are_kept_and_each_bad_one_is_named(client: Client) -> None:
    leaf = leaf_in()
    signed_in(client, Role.UNIT_OFFICER, leaf.file)
    answer = client.post(url(leaf), {"files": [upload(), upload("giả.pdf", HTML), upload("rỗng.png", b"")]})

    assert answer.status_code == 422
    assert "<title>Lỗi: " in answer.content.decode()
    assert "Đã lưu 1 tệp." in text(answer)
    assert "giả.pdf: nội dung không phải là tệp .pdf" in text(answer)
    assert "rỗng.png: tệp rỗng" in text(answer)
    assert EvidenceUse.objects.count() == 1


def test_no_file_or_too_many_are_said_plainly(client: Client, settings: Any) -> None:
    leaf = leaf_in()
    signed_in(client, Role.UNIT_OFFICER, leaf.file)
    settings.EVIDENCE_FILES_AT_ONCE = 1

    empty, many = client.post(url(leaf), {}), client.post(url(leaf), {"files": [upload(), upload()]})
    assert (empty.status_code, many.status_code) == (422, 422)
    assert "Chọn ít nhất một tệp." in text(empty)
    assert "nhiều nhất 1 tệp; bạn đã chọn 2 tệp" in text(many)


def test_a_file_that_the_unit_has_is_reused_and_said_so(client: Client) -> None:
    use = with_piece()
    signed_in(client, Role.UNIT_OFFICER, use.assessment)
    other = Leaf(use.assessment, use.assessment.group.framework.criteria.get(code="1.2"))
    answer = client.post(url(other), {"files": upload("Tên khác.pdf")}, follow=True)

    assert "Tệp “Kế hoạch.pdf” đã có trong kho của đơn vị nên được dùng lại." in text(answer)
    assert "Cũng dùng ở mục 1.1.1 (2024)" in text(answer)
    assert Evidence.objects.count() == 1


def test_a_reference_is_kept_or_given_back_with_what_was_typed(client: Client) -> None:
    leaf = leaf_in()
    signed_in(client, Role.UNIT_OFFICER, leaf.file)
    address = url(leaf, "dan-chieu/")
    bad = {"title": "Kế hoạch", "number": "", "issued": "31/02/2024", "link": "http://vb.example.vn/1"}
    answer = client.post(address, bad)

    assert answer.status_code == 422
    assert "“31/02/2024” không phải là ngày" in text(answer)
    assert "Liên kết phải đầy đủ và bắt đầu bằng https://." in text(answer)
    assert 'value="http://vb.example.vn/1"' in answer.content.decode()
    assert client.post(address, {"title": "Kế hoạch"}).status_code == 422
    tomorrow = {"title": "K", "number": "1", "issued": f"{timezone.localdate() + dt.timedelta(1):%d/%m/%Y}"}
    assert "chưa đến" in text(client.post(address, tomorrow))
    good = {
        "title": "Kế hoạch",
        "number": "Số 18/KH-UBND",
        "issued": "31/01/2024",
        "link": "https://vb.example.vn/1",
    }
    assert "Số 18/KH-UBND · ngày 31/01/2024" in text(client.post(address, good, follow=True))


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://a.vn/1", "//a.vn", "https://"])
def test_only_safe_links_are_taken(client: Client, link: str) -> None:
    leaf = leaf_in()
    signed_in(client, Role.UNIT_OFFICER, leaf.file)

    assert client.post(url(leaf, "dan-chieu/"), {"title": "K", "link": link}).status_code == 422
    assert not Evidence.objects.exists()


def test_pieces_of_the_library_are_searched_and_offered(client: Client) -> None:
    leaf = leaf_in()
    user = signed_in(client, Role.UNIT_OFFICER, leaf.file)
    one, two = add_files(leaf.file.unit, read("alpha", "beta"), by=user).new

    page = text(client.get(url(leaf), {"tim": "beta"}))
    assert "Tệp beta" in page
    assert "Tệp alpha" not in page
    client.post(url(leaf, "dung-lai/"), {"tai_lieu": [one.pk, two.pk]})
    assert EvidenceUse.objects.count() == 2
    assert client.post(url(leaf, "dung-lai/"), {"tai_lieu": ["x", ""]}).status_code == 422


def test_another_units_piece_cannot_be_ticked(client: Client) -> None:
    use, leaf = with_piece(), leaf_in()
    signed_in(client, Role.UNIT_OFFICER, leaf.file)

    assert client.post(url(leaf, "dung-lai/"), {"tai_lieu": use.evidence_id}).status_code == 422
    assert EvidenceUse.objects.count() == 1


def test_where_to_look_is_written_and_a_stale_page_gives_it_back(client: Client) -> None:
    use = with_piece()
    signed_in(client, Role.UNIT_OFFICER, use.assessment)
    client.post(use_url(use, "cho-xem/"), {"cho_xem": " tr.  3–5 ", "da_xem": ""})
    use.refresh_from_db()
    assert use.pointer == "tr. 3–5"

    stale = client.post(use_url(use, "cho-xem/"), {"cho_xem": "mục II", "da_xem": ""})
    assert stale.status_code == 409
    assert 'value="mục II"' in stale.content.decode()
    long = client.post(use_url(use, "cho-xem/"), {"cho_xem": "x" * 201, "da_xem": "tr. 3–5"})
    assert (long.status_code, "không quá 200 ký tự" in text(long)) == (422, True)
    use.refresh_from_db()
    assert use.pointer == "tr. 3–5"


def test_taking_a_piece_back_says_where_else_it_is(client: Client) -> None:
    use = with_piece()
    user = signed_in(client, Role.UNIT_OFFICER, use.assessment)
    other = Leaf(use.assessment, use.assessment.group.framework.criteria.get(code="1.2"))
    attach(other, [use.evidence], by=user)

    said = text(client.post(use_url(use, "bo/"), follow=True))
    assert "Đã bỏ “Kế hoạch” khỏi mục 1.1.1. Tài liệu còn dùng ở mục 1.2 (2024)." in said
    last = EvidenceUse.objects.get()
    assert "vẫn giữ trong kho của đơn vị" in text(client.post(use_url(last, "bo/"), follow=True))
    assert client.post(use_url(last, "bo/")).status_code == 404


def test_a_question_of_the_appraisal_opens_the_page(client: Client) -> None:
    use = with_piece(IN_APPRAISAL)
    leaf = Leaf(use.assessment, use.criterion)
    signed_in(client, Role.UNIT_OFFICER, use.assessment)
    assert client.post(url(leaf), {"files": upload("b.pdf", pdf("b"))}).status_code == 409

    Clarification.objects.create(
        assessment=use.assessment,
        criterion=use.criterion,
        question="Bổ sung phụ lục 2",
        asked_by="Vũ Hải Yến",
        asked_at=timezone.now(),
        until=soon(),
    )
    page = client.get(url(leaf))
    assert "Người thẩm định yêu cầu bổ sung" in text(page)
    assert "Bổ sung phụ lục 2" in text(page)
    assert "Vũ Hải Yến" not in text(page)
    assert use_url(use, "bo/") not in page.content.decode()
    client.post(url(leaf), {"files": upload("b.pdf", pdf("b"))})
    since = EvidenceUse.objects.latest("pk")
    assert use_url(since, "bo/") in client.get(url(leaf)).content.decode()


def test_signatures_are_said_not_to_be_checked(client: Client) -> None:
    use = with_piece()
    use.assessment.group.asks_signature = True
    use.assessment.group.save()
    signed_in(client, Role.UNIT_OFFICER, use.assessment)

    assert "Chưa kiểm tra chữ ký số" in text(client.get(url(Leaf(use.assessment, use.criterion))))


@pytest.mark.parametrize("code", ["2.2", "1.1", "9.9"])
def test_leaves_that_the_unit_does_not_score_have_no_page(client: Client, code: str) -> None:
    leaf = leaf_in()
    signed_in(client, Role.UNIT_OFFICER, leaf.file)

    assert client.get(url(leaf).replace("/1.1.1/", f"/{code}/")).status_code == 404


def test_names_and_titles_are_shown_as_text(client: Client) -> None:
    leaf = leaf_in()
    signed_in(client, Role.UNIT_OFFICER, leaf.file)
    page = client.post(
        url(leaf), {"files": upload('<img src=x onerror="a">.pdf')}, follow=True
    ).content.decode()

    assert "<img" not in page
    assert "&lt;img" in page


# -- the library


def test_the_way_to_the_library(client: Client) -> None:
    file = file_in(DRAFT, until=soon())
    user = signed_in(client, Role.UNIT_OFFICER, file)
    assert client.get("/tai-lieu/")["Location"] == f"/tai-lieu/{file.unit_id}/"
    assert 'href="/tai-lieu/"' in client.get("/ho-so/").content.decode()

    second = AssessmentFactory()
    give(user, Role.UNIT_HEAD, second)
    assert second.unit.name in text(client.get("/tai-lieu/"))
    client.force_login(UserFactory())
    assert "Bạn chưa thuộc đơn vị nào" in text(client.get("/tai-lieu/"))


def filled(client: Client) -> Leaf:
    """A library with a used PDF, an unused picture and sheet, and two references with one number."""
    leaf = leaf_in()
    user = signed_in(client, Role.UNIT_OFFICER, leaf.file)
    unit = leaf.file.unit
    add_files(unit, whole("Kế hoạch.pdf"), by=user, leaf=leaf)
    add_files(unit, whole("Ảnh.png", "Bảng.xlsx"), by=user)
    add_reference(unit, About("Quyết định A", number="5/QĐ", issued=dt.date(2024, 3, 1)), by=user)
    add_reference(unit, About("Quyết định B", number="5/QĐ", issuer="Sở Nội vụ"), by=user)
    return leaf


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({}, ["Quyết định B", "Quyết định A", "Bảng", "Ảnh", "Kế hoạch"]),
        ({"loc": "chua-dung"}, ["Quyết định B", "Quyết định A", "Bảng", "Ảnh"]),
        ({"loc": "trung"}, ["Quyết định B", "Quyết định A"]),
        ({"loc": "pdf"}, ["Kế hoạch"]),
        ({"loc": "anh"}, ["Ảnh"]),
        ({"loc": "van-phong"}, ["Bảng"]),
        ({"loc": "van-ban"}, ["Quyết định B", "Quyết định A"]),
        ({"loc": "linh-tinh"}, ["Quyết định B", "Quyết định A", "Bảng", "Ảnh", "Kế hoạch"]),
        ({"tim": "nội vụ 5/"}, ["Quyết định B"]),
        ({"tim": "không có"}, []),
        # Vietnamese order: Ả stands with A, whatever the database's own order.
        ({"xep": "ten"}, ["Ảnh", "Bảng", "Kế hoạch", "Quyết định A", "Quyết định B"]),
        ({"xep": "-dung"}, ["Kế hoạch", "Quyết định B", "Quyết định A", "Bảng", "Ảnh"]),
        ({"xep": "-ngay"}, ["Quyết định A", "Quyết định B", "Bảng", "Ảnh", "Kế hoạch"]),
    ],
)
def test_the_library_is_searched_filtered_and_sorted(
    client: Client, asked: dict[str, str], titles: list[str]
) -> None:
    leaf = filled(client)
    address = f"/tai-lieu/{leaf.file.unit_id}/"
    answer = client.get(address, asked)

    assert [piece.title for piece, _ in answer.context["lines"]] == titles
    assert ("Không có tài liệu nào khớp" in text(answer)) == (titles == [])
    book = openpyxl.load_workbook(io.BytesIO(client.get(address, asked | {"dang": "xlsx"}).content))
    assert [row[0].value for row in book.active.iter_rows(min_row=2)] == titles


def test_the_library_takes_files_and_references_without_a_leaf(client: Client) -> None:
    file = file_in(CONCLUDED, until=soon())
    signed_in(client, Role.UNIT_OFFICER, file)
    address = f"/tai-lieu/{file.unit_id}/"

    assert "Kho chưa có tài liệu nào" in text(client.get(address))
    assert "Đã lưu 1 tệp." in text(client.post(address, {"files": upload()}, follow=True))
    assert client.post(address, {"files": upload("a.pdf", HTML)}).status_code == 422
    assert client.post(address, {}).status_code == 422
    sent = {"title": "Kế hoạch", "number": "1/KH"}
    assert "Đã lưu “Kế hoạch” vào kho." in text(client.post(f"{address}dan-chieu/", sent, follow=True))
    assert client.post(f"{address}dan-chieu/", {"title": "Kế hoạch"}).status_code == 422
    assert Evidence.objects.count() == 2


def test_what_is_known_of_a_piece_is_changed_and_a_stale_page_refused(client: Client) -> None:
    use = with_piece()
    signed_in(client, Role.UNIT_OFFICER, use.assessment)
    address = piece_url(use.evidence)
    seen = client.get(address).context["form"].initial["seen"]
    sent = {"title": "Kế hoạch CCHC", "number": "18/KH", "issued": "31/01/2024", "seen": seen}

    assert "Đã lưu thông tin tài liệu." in text(client.post(address, sent, follow=True))
    stale = client.post(address, sent | {"title": "Khác"})
    assert (stale.status_code, "người khác vừa sửa" in text(stale)) == (409, True)
    assert 'value="Khác"' in stale.content.decode()
    assert client.post(address, sent | {"seen": "["}).status_code == 409
    assert client.post(address, sent | {"title": ""}).status_code == 422


def test_a_piece_in_a_submitted_file_is_shown_locked(client: Client) -> None:
    use = with_piece(SUBMITTED)
    signed_in(client, Role.UNIT_OFFICER, use.assessment)
    page = client.get(piece_url(use.evidence))

    assert "đang dùng trong hồ sơ đã trình hoặc đã nộp" in text(page)
    assert "<form" not in page.content.decode().split("<main")[1]
    assert client.post(piece_url(use.evidence, "xoa/")).status_code == 409


def test_an_unused_piece_is_deleted(client: Client) -> None:
    use = with_piece()
    signed_in(client, Role.UNIT_OFFICER, use.assessment)
    client.post(use_url(use, "bo/"))

    assert "Xóa tài liệu" in text(client.get(piece_url(use.evidence)))
    assert "Đã xóa “Kế hoạch”." in text(client.post(piece_url(use.evidence, "xoa/"), follow=True))
    assert Event.objects.filter(verb="xóa tài liệu kiểm chứng").count() == 1


# -- queries


@pytest.mark.parametrize("size", [1, 20])
def test_pages_ask_the_same_queries_for_few_and_many(
    client: Client, django_assert_num_queries: Any, size: int
) -> None:
    leaf = leaf_in()
    user = signed_in(client, Role.UNIT_OFFICER, leaf.file)
    other = Leaf(leaf.file, leaf.file.group.framework.criteria.get(code="1.2"))
    pieces = add_files(leaf.file.unit, read(*map(str, range(size))), by=user, leaf=leaf).new
    attach(other, pieces, by=user)
    add_files(leaf.file.unit, read(*map(str, range(100, 100 + size))), by=user)

    with django_assert_num_queries(10):
        client.get(url(leaf))
    with django_assert_num_queries(9):
        client.get(f"/tai-lieu/{leaf.file.unit_id}/")
    with django_assert_num_queries(11):
        client.get(piece_url(pieces[0]))
    with django_assert_num_queries(6):
        client.get(f"/tai-lieu/{leaf.file.unit_id}/?dang=xlsx")
    use = leaf.file.evidence_uses.first()
    with django_assert_num_queries(6):
        client.get(use_url(use)).getvalue()


@pytest.mark.parametrize("size", [1, 10])
def test_bringing_files_asks_the_same_queries_for_one_and_ten(
    client: Client, django_assert_num_queries: Any, size: int
) -> None:
    leaf = leaf_in()
    signed_in(client, Role.UNIT_OFFICER, leaf.file)
    files = [upload(f"{number}.pdf", pdf(str(number))) for number in range(size)]

    with django_assert_num_queries(16):
        client.post(url(leaf), {"files": files})
    assert EvidenceUse.objects.count() == size


# -- roles: the one that is acted in, and who enters for a unit


def act_as(client: Client, role: Role, place: int) -> None:
    """Choose the role at the head of a page."""
    session = client.session
    session[SESSION_KEY] = key_of(role, place)
    session.save()


@pytest.mark.parametrize("state", [DRAFT, IN_APPRAISAL])
def test_an_officer_who_acts_as_the_head_is_told_which_role_to_take(
    client: Client, state: AssessmentState
) -> None:
    use = with_piece(state)
    file, unit = use.assessment, use.evidence.unit_id
    give(signed_in(client, Role.UNIT_OFFICER, file), Role.UNIT_HEAD, file)
    act_as(client, Role.UNIT_HEAD, unit)

    for address in (url(Leaf(file, use.criterion)), f"/tai-lieu/{unit}/", piece_url(use.evidence)):
        assert client.get(address).status_code == 200
        answer = client.post(address, {"files": upload("b.pdf", pdf("b"))})
        assert (answer.status_code, "Cán bộ đơn vị ở đầu trang" in text(answer)) == (403, True)
    act_as(client, Role.UNIT_OFFICER, unit)
    assert client.post(f"/tai-lieu/{unit}/", {"files": upload("b.pdf", pdf("b"))}).status_code == 302


def test_who_enters_a_signed_paper_brings_evidence_and_sees_no_library(client: Client) -> None:
    use = with_piece()
    leaf = Leaf(use.assessment, use.criterion)
    publisher = signed_in(client, Role.PUBLISHER, use.assessment)
    assert client.get(url(leaf)).status_code == 404

    take_paper(use.assessment, number="12/UBND", signed=timezone.localdate(), by=publisher)
    page = client.get(url(leaf))
    assert "Đưa tệp lên" in text(page)
    assert "kho của đơn vị" not in text(page)
    assert client.post(url(leaf), {"files": upload("b.pdf", pdf("b"))}).status_code == 302
    assert client.post(url(leaf, "dung-lai/"), {"tai_lieu": use.evidence_id}).status_code == 403
    assert client.get(f"/tai-lieu/{use.evidence.unit_id}/").status_code == 404
    assert Evidence.objects.latest("pk").added_by == str(publisher)
