"""Telling people what has happened: a notice in the application, and a letter where there is an address.

Notices are written in the transaction of the verb that tells them; letters go out by a job after it.
"""

import logging
from collections.abc import Iterable, Sequence
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_tasks import task

from assessments.enums import RoundDuty
from assessments.models import Assessment, Notice, Round, RoundRole, Substitute
from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership, User

logger = logging.getLogger(__name__)

LONGEST = 500
SUBJECT = "Chỉ số cải cách hành chính: thông báo mới"
LETTER = """Kính gửi {name},

{text}

{link}
Thư này do hệ thống gửi; mọi thông báo có ở mục “Thông báo” sau khi đăng nhập."""


def notify(users: Iterable[User], text: str, *, address: str = "", round: Round | None = None) -> int:
    """Tell each person once; `address` is the page where it is dealt with. Call it inside a transaction.

    People without an account in use are left out. Returns how many were told.
    """
    people = {user.pk: user for user in users if user.is_active}
    now = timezone.now()
    told = Notice.objects.bulk_create(
        Notice(user=user, round=round, text=shortened(text), address=address, at=now)
        for user in people.values()
    )
    by_mail = [notice.pk for notice in told if people[notice.user_id].email]
    if by_mail:
        # The job is a row of the same transaction: it exists if and only if what it tells has happened.
        mail_notices.enqueue(by_mail)
    return len(told)


def shortened(text: str) -> str:
    """The text, cut at the end where it is too long for a notice."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


@task()
def mail_notices(keys: Sequence[int]) -> None:
    """Send the letters of notices that have not been sent yet."""
    notices = Notice.objects.filter(pk__in=keys, mailed_at=None).exclude(user__email="")
    with get_connection() as connection:
        for notice in notices.select_related("user").order_by("pk"):
            link = f"{settings.SITE_URL}{notice.address}\n" if notice.address else ""
            body = LETTER.format(name=notice.user, text=notice.text, link=link)
            letter = EmailMessage(SUBJECT, body, to=[notice.user.email], connection=connection)
            try:
                letter.send()
            except SMTPException:
                # One wrong address must not keep the others from their letters; the notice itself stands.
                logger.exception("Letter of notice %s not sent", notice.pk)
                continue
            Notice.objects.filter(pk=notice.pk).update(mailed_at=timezone.now())


def unit_people(file: Assessment, roles: Sequence[Role] = UNIT_ROLES) -> QuerySet[User]:
    """The people who hold one of these roles in the file's unit today."""
    return _holding(roles, unit=file.unit_id)


def organiser_people(round: Round, roles: Sequence[Role] = (Role.PUBLISHER,)) -> QuerySet[User]:
    """The people who hold one of these roles in the round's organiser today."""
    return _holding(roles, organiser=round.organiser_id)


def council_people(file: Assessment, duties: Sequence[RoundDuty]) -> QuerySet[User]:
    """Who has one of these duties about the file today; for its unit's own people, who stands in."""
    held = RoundRole.objects.on(timezone.localdate()).over(file.group_id).filter(role__in=duties)
    stands_in = Substitute.objects.filter(role__in=held, unit=file.unit_id)
    people = User.objects.filter(Q(pk__in=held.values("user")) | Q(pk__in=stands_in.values("user")))
    return people.exclude(pk__in=unit_people(file))


def _holding(roles: Sequence[Role], **place: int) -> QuerySet[User]:
    """A role that was delegated counts as long as its giver holds it."""
    held = Membership.objects.on(timezone.localdate()).filter(role__in=roles, **place)
    return User.objects.filter(pk__in=held.values("user"))
