"""Users, organisers, unit types, units and memberships."""

import datetime as dt
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from parindex.accounts.acting import Standing
from parindex.accounts.enums import ORGANISER_ROLES, UNIT_ROLES, Role
from parindex.audit.events import Actor
from parindex.sorting import sort_key


class User(AbstractUser):
    """A person with an account. The printed name is one field, as Vietnamese names are written."""

    full_name = models.CharField("họ và tên", max_length=120)
    must_change_password = models.BooleanField("phải đổi mật khẩu khi đăng nhập", default=False)
    home = models.ForeignKey(
        "Organiser",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name="cơ quan quản trị tài khoản",
    )
    # The roles of the person who is signed in; elsewhere, people act in every role they hold.
    standing: Standing | None = None

    class Meta:
        verbose_name = "người dùng"
        verbose_name_plural = "người dùng"

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def actor(self) -> Actor:
        """The person as the audit log names them, with whose role they act in where it was delegated."""
        acting = self.standing.acting if self.standing else None
        lent = f" (ủy quyền của {acting.on_behalf_of})" if acting and acting.on_behalf_of else ""
        return Actor(id=self.pk, name=f"{self}{lent}")


class Organiser(models.Model):
    """An authority that issues decisions and runs rounds of its own.

    Organisers stand side by side in one installation and see nothing of one another.
    """

    name = models.CharField("tên", max_length=200, unique=True)
    parent_name = models.CharField("cơ quan chủ quản", max_length=200, blank=True)
    place = models.CharField("địa danh ghi trên văn bản", max_length=100, blank=True)

    class Meta:
        verbose_name = "cơ quan tổ chức đánh giá"
        verbose_name_plural = "cơ quan tổ chức đánh giá"

    def __str__(self) -> str:
        return self.name


class UnitType(models.Model):
    """A kind of unit that has criteria of its own: departments, districts, communes."""

    code = models.SlugField("mã", max_length=60, unique=True)
    name = models.CharField("tên", max_length=200)

    class Meta:
        verbose_name = "loại đơn vị"
        verbose_name_plural = "loại đơn vị"

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A unit that an organiser assesses, with the time in which it exists and what it came from."""

    organiser = models.ForeignKey(
        Organiser, models.PROTECT, related_name="units", verbose_name="cơ quan tổ chức đánh giá"
    )
    code = models.CharField("mã", max_length=60)
    name = models.CharField("tên", max_length=200)
    sort_key = models.CharField(max_length=800, editable=False)
    unit_type = models.ForeignKey(UnitType, models.PROTECT, verbose_name="loại đơn vị")
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến ngày", null=True, blank=True)
    predecessors = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="successors", verbose_name="đơn vị tiền thân"
    )

    class Meta:
        verbose_name = "đơn vị"
        verbose_name_plural = "đơn vị"
        constraints = [
            models.UniqueConstraint(fields=["organiser", "code"], name="unit_code_once_per_organiser"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="unit_valid_from_before_valid_to",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the Vietnamese sort key in step with the name."""
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Which memberships hold on a day."""

    def dated(self, day: dt.date) -> "MembershipQuerySet":
        """Roles whose dates take in `day`, both ends included, whatever became of a giver's own role."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day),
            Q(valid_to=None) | Q(valid_to__gte=day),
        )

    def on(self, day: dt.date) -> "MembershipQuerySet":
        """Roles in force on `day`, both ends included; a delegated one only while its giver holds it."""
        own_of_giver = Membership.objects.dated(day).filter(
            Q(unit=OuterRef("unit")) | Q(organiser=OuterRef("organiser")),
            user=OuterRef("on_behalf_of"),
            user__is_active=True,
            role=OuterRef("role"),
            on_behalf_of=None,
        )
        return self.dated(day).filter(Q(on_behalf_of=None) | Exists(own_of_giver))


class Membership(models.Model):
    """A person's role in a unit or in an organiser, within its dates."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name="người dùng")
    role = models.CharField("vai trò", max_length=30, choices=Role)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, verbose_name="đơn vị")
    organiser = models.ForeignKey(
        Organiser, models.CASCADE, null=True, blank=True, verbose_name="cơ quan tổ chức đánh giá"
    )
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến ngày", null=True, blank=True)
    on_behalf_of = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="delegations", verbose_name="ủy quyền của"
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "vai trò của người dùng"
        verbose_name_plural = "vai trò của người dùng"
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=UNIT_ROLES, unit__isnull=False, organiser__isnull=True)
                | Q(role__in=ORGANISER_ROLES, unit__isnull=True, organiser__isnull=False),
                name="membership_role_in_its_place",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "unit"],
                condition=Q(unit__isnull=False, on_behalf_of=None),
                name="membership_once_per_unit",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "organiser"],
                condition=Q(organiser__isnull=False, on_behalf_of=None),
                name="membership_once_per_organiser",
            ),
            # A delegation is for a time.
            models.CheckConstraint(
                condition=Q(on_behalf_of=None) | Q(valid_from__isnull=False, valid_to__isnull=False),
                name="membership_delegated_for_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.unit or self.organiser}"

    def is_dated(self, day: dt.date) -> bool:
        """Whether the dates take in `day`, as `MembershipQuerySet.dated` asks the database."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)
