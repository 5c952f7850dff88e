"""Who asks, and in which states of a round."""

from collections.abc import Mapping

from assessments.enums import RoundDuty
from parindex.accounts.enums import Role

# In the order of a round's life.
DRAFT, LATE, REVIEW, SUBMITTED, APPRAISAL, CONCLUDED, PUBLISHED, SUPERSEDED, WITHDRAWN = STATES = (
    "draft",
    "late",
    "review",
    "submitted",
    "appraisal",
    "concluded",
    "published",
    "superseded",
    "withdrawn",
)
APPRAISED = (APPRAISAL, CONCLUDED, PUBLISHED, SUPERSEDED, WITHDRAWN)
CLOSED = (CONCLUDED, PUBLISHED, SUPERSEDED, WITHDRAWN)

# name: roles as (role, unit's place or None); duties are given by name below.
ROLES: Mapping[str, tuple[tuple[Role, int | None], ...]] = {
    "stranger": (),
    "superuser": (),
    "officer": ((Role.UNIT_OFFICER, 0),),
    "head": ((Role.UNIT_HEAD, 0),),
    "neighbour_officer": ((Role.UNIT_OFFICER, 1),),
    "neighbour_head": ((Role.UNIT_HEAD, 1),),
    "publisher": ((Role.PUBLISHER, None),),
    "publisher2": ((Role.PUBLISHER, None),),
    "delegate": ((Role.FRAMEWORK_MANAGER, None),),
    "insider": ((Role.UNIT_OFFICER, 0), (Role.PUBLISHER, None)),
    "elsewhere": ((Role.UNIT_OFFICER, 1), (Role.PUBLISHER, None)),
    "manager": ((Role.FRAMEWORK_MANAGER, None),),
    "administrator": ((Role.ADMINISTRATOR, None),),
    "auditor": ((Role.AUDITOR, None),),
    "lead": (),
    "member": (),
    "member2": (),
    "watching_member": ((Role.AUDITOR, None),),
    "chair": (),
    "secretary": (),
    "recused": ((Role.UNIT_HEAD, 0),),
    "substitute": (),
}
# Who of the other organiser asks for what is not theirs.
FOREIGN = ("officer", "head", "publisher", "manager", "administrator", "auditor", "lead", "secretary")
# Several at once, as the table writes them.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "PUBLISHERS": ("publisher", "publisher2", "delegate"),
    "UNIT": ("officer", "head"),
    "NEIGHBOURS": ("neighbour_officer", "neighbour_head"),
    "MEMBERS": ("member", "member2"),
    "FOREIGN": tuple(f"foreign_{name}" for name in FOREIGN),
}
PEOPLE = ("visitor", *ROLES, *(f"foreign_{name}" for name in FOREIGN))
DUTIES = {
    "lead": RoundDuty.LEAD_AGENCY,
    "member": RoundDuty.COUNCIL_MEMBER,
    "member2": RoundDuty.COUNCIL_MEMBER,
    "watching_member": RoundDuty.COUNCIL_MEMBER,
    "chair": RoundDuty.COUNCIL_CHAIR,
    "secretary": RoundDuty.COUNCIL_SECRETARY,
    "recused": RoundDuty.COUNCIL_SECRETARY,
}
# In which role people of several act; the others act in their only one.
ACTS_AS: Mapping[str, Role | RoundDuty] = {
    "insider": Role.PUBLISHER,
    "elsewhere": Role.UNIT_OFFICER,
    "recused": RoundDuty.COUNCIL_SECRETARY,
    "delegate": Role.PUBLISHER,
    "watching_member": RoundDuty.COUNCIL_MEMBER,
}
