"""One district in appraisal, with its officer and the council's secretary."""

import datetime as dt

from assessments.enums import RoundDuty
from assessments.models import Group
from parindex.accounts.enums import Role
from tests.assessments.bench import files_of, in_appraisal
from tests.assessments.people import give
from tests.factories.accounts import OrganiserFactory, UnitFactory, UnitTypeFactory
from tests.factories.assessments import RoundFactory, RoundRoleFactory
from tests.factories.criteria import FrameworkInForceFactory
from tests.journeys.people import person


def one_district(**dates: dt.date) -> Group:
    """The group of Tân Uyên alone, in a round with these dates."""
    organiser, unit_type = OrganiserFactory(name="Ủy ban nhân dân tỉnh Lai Châu"), UnitTypeFactory()
    round = RoundFactory(
        organiser=organiser,
        code="lai-chau-2026",
        title="Chỉ số cải cách hành chính cấp huyện năm 2026",
        **dates,
    )
    unit = UnitFactory(code="tan-uyen", name="Huyện Tân Uyên", organiser=organiser, unit_type=unit_type)
    framework = FrameworkInForceFactory(unit_type=unit_type, decision__issuer=organiser)
    group = in_appraisal(round=round, code="huyen", name="UBND cấp huyện", framework=framework, units=[unit])
    give(person("hanh", "Lò Thị Hạnh"), Role.UNIT_OFFICER, files_of(group)[0])
    RoundRoleFactory(round=round, user=person("ha", "Nguyễn Thu Hà"), role=RoundDuty.COUNCIL_SECRETARY)
    return group
