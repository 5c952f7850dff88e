"""Staff who belong to a unit do not read in the logs what was said of its points."""

import pytest
from django.test import Client

from assessments.enums import RoundDuty, Voice
from assessments.models import Assessment
from parindex.accounts.enums import Role
from tests.assessments.bench import files_of, in_appraisal, say, with_duty
from tests.assessments.people import give, someone

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
