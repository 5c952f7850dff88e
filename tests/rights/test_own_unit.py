"""Staff who belong to a ranked unit: what they do not read of its results, and how they still publish."""

import pytest
from django.test import Client

from assessments.enums import RoundDuty, Voice
from assessments.models import Assessment, Preparation
from assessments.publishing import confirm, prepare_withdrawal
from assessments.workflow import conclude
from parindex.accounts.acting import key_of
from parindex.accounts.enums import Role
from parindex.audit.events import COMMAND_LINE
from parindex.audit.models import Event
from tests.assessments.bench import files_of, in_appraisal, say, with_duty
from tests.assessments.people import give, someone
from tests.factories.assessments import score

pytestmark = pytest.mark.django_db

SAID = "Kin: đề xuất giảm vì nộp chậm"


@pytest.fixture
def file() -> Assessment:
    """A file about whose first leaf a lead agency has proposed other points."""
    file = files_of(in_appraisal())[0]
    lead = with_duty(file.group, RoundDuty.LEAD_AGENCY)
    say(file, "1.1.1", Voice.PROPOSAL, lead, points="1.125", reason=SAID)
    return file


def logs(file: Assessment) -> list[str]:
    code = file.group.round.code
    return [
        f"/dot/{code}/tien-do/{file.group.code}/{file.unit_code}/?lich_su=tat-ca",
        f"/lich-su/dot/{code}/",
    ]


def test_the_organisers_staff_read_what_was_said(client: Client, file: Assessment) -> None:
    client.force_login(someone(Role.PUBLISHER, file))

    assert all(SAID in client.get(address).content.decode() for address in logs(file))


def test_not_of_their_own_unit(client: Client, file: Assessment) -> None:
    client.force_login(give(someone(Role.PUBLISHER, file), Role.UNIT_HEAD, file))

    for address in logs(file):
        answer = client.get(address)
        assert answer.status_code == 200
        assert SAID not in answer.content.decode()
        assert "1,125" not in answer.content.decode()


def test_a_recused_secretary_neither(client: Client, file: Assessment) -> None:
    client.force_login(give(with_duty(file.group, RoundDuty.COUNCIL_SECRETARY), Role.UNIT_HEAD, file))

    answer = client.get(logs(file)[0])

    assert answer.status_code == 200
    assert SAID not in answer.content.decode()


@pytest.mark.parametrize(
    "end",
    ["xa/", "xa/xep-hang.pdf", "xa/xep-hang.xlsx", "xa/{unit}/?mo=1", "xa/{unit}/phieu.pdf", "doi-chieu/"],
)
def test_a_provisional_result_is_not_for_those_of_a_unit_in_the_group(
    client: Client, file: Assessment, end: str
) -> None:
    address = f"/dot/{file.group.round.code}/{end.replace('xa/', file.group.code + '/')}"
    address = address.format(unit=file.unit_code)
    client.force_login(someone(Role.PUBLISHER, file))
    assert client.get(address).status_code == 200

    client.force_login(give(someone(Role.PUBLISHER, file), Role.UNIT_OFFICER, file))
    answer = client.get(address)

    assert answer.status_code == 403
    assert f"Bạn thuộc {file.unit_name} nên không xem kết quả chưa công bố" in answer.content.decode()


def test_nor_on_the_page_where_its_publication_is_prepared(client: Client, file: Assessment) -> None:
    address = f"/dot/{file.group.round.code}/cong-bo/"
    client.force_login(someone(Role.PUBLISHER, file))
    assert file.unit_name in client.get(address).content.decode()

    client.force_login(give(someone(Role.PUBLISHER, file), Role.UNIT_OFFICER, file))
    answer = client.get(address)

    assert answer.status_code == 200
    assert "có đơn vị của bạn nên xếp hạng chưa công bố không hiện ở đây" in answer.content.decode()
    assert f'<th scope="row">{file.unit_name}' not in answer.content.decode()


@pytest.mark.parametrize("end", ["phien-ban/", "phien-ban/de-rieng/"])
def test_nor_where_scores_move_to_another_version(client: Client, file: Assessment, end: str) -> None:
    address = f"/dot/{file.group.round.code}/thiet-lap/nhom/{file.group.code}/{end}"
    client.force_login(someone(Role.PUBLISHER, file))
    assert client.get(address).status_code == 200

    client.force_login(give(someone(Role.PUBLISHER, file), Role.UNIT_OFFICER, file))
    assert client.get(address).status_code == 403


def test_they_still_publish_by_two_persons_and_it_is_on_record(client: Client, file: Assessment) -> None:
    """Who publishes belongs to a ranked department as a rule: the province must be able to publish."""
    for one in files_of(file.group):
        score(one, {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6", "2.2": "3.5"})
    conclude(file.group, by=COMMAND_LINE)
    own, other = someone(Role.PUBLISHER, file), someone(Role.PUBLISHER, file)
    give(own, Role.UNIT_OFFICER, file)
    address = f"/dot/{file.group.round.code}/cong-bo/"
    client.force_login(own)
    client.post("/tai-khoan/vai-tro/", {"role": key_of(Role.PUBLISHER, file.group.round.organiser_id)})

    page = client.get(address).content.decode()
    assert f"Bạn thuộc {file.unit_name}, được xếp hạng trong đợt này" in page
    assert 'data-label="Bình quân">–<' in page
    sent = {"decision_number": "12/QĐ-UBND", "signed": "28/03/2025", "signer": "Chủ tịch"}
    assert client.post(address, sent).status_code == 302
    made = Preparation.objects.get()
    assert client.post(f"{address}ban-chuan-bi/{made.pk}/xac-nhan/").status_code == 403

    client.force_login(other)
    page = client.get(address).content.decode()
    belongs = f"{own} (thuộc {file.unit_name}, được xếp hạng trong đợt này)"
    assert belongs in page
    assert "Bạn thuộc" not in page
    assert client.post(f"{address}ban-chuan-bi/{made.pk}/xac-nhan/").status_code == 302
    assert belongs in client.get(address).content.decode()
    told = Event.objects.get(verb="chuẩn bị công bố")
    assert told.after["prepared_of"] == file.unit_name
    assert "ended_of" not in Event.objects.get(verb="xác nhận công bố").after
    assert (
        file.unit_name in client.get(f"/lich-su/dot/{file.group.round.code}/?loc=chuan-bi").content.decode()
    )

    again = prepare_withdrawal(made.round.publications.get(), reason="Sai", by=other)
    confirm(again, by=own)
    again.refresh_from_db()
    assert (again.prepared_of, again.ended_of) == ("", file.unit_name)
    assert Event.objects.get(verb="xác nhận thu hồi bản công bố").after["ended_of"] == file.unit_name
