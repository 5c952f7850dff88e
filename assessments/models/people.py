"""Who does what in one round: lead agencies and the appraisal council."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from assessments.enums import RoundDuty
from assessments.models.round import Group, Round
from parindex.accounts.models import User


class RoundRoleQuerySet(models.QuerySet["RoundRole"]):
    """Which roles hold when, and for which group."""

    def on(self, day: dt.date) -> "RoundRoleQuerySet":
        """Roles in force on `day`, both ends included."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day)
        )

    def over(self, group_id: int) -> "RoundRoleQuerySet":
        """Roles that reach a group: its own, and those over the whole of its round."""
        return self.filter(Q(group=None) | Q(group=group_id), round__groups=group_id)


class RoundRole(models.Model):
    """A person's role in a round, or in one of its groups, within its dates.

    The council belongs to one round. A lead agency names the contents that it leads by their codes;
    where two frameworks of a round number their contents differently, it has a role for each group.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="roles", verbose_name="đợt đánh giá")
    group = models.ForeignKey(
        Group, models.CASCADE, null=True, blank=True, related_name="roles", verbose_name="chỉ cho nhóm"
    )
    user = models.ForeignKey(User, models.CASCADE, related_name="round_roles", verbose_name="người dùng")
    role = models.CharField("vai trò", max_length=30, choices=RoundDuty)
    contents = models.JSONField("nội dung chủ trì", default=list, blank=True)
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến ngày", null=True, blank=True)

    objects = RoundRoleQuerySet.as_manager()

    class Meta:
        verbose_name = "vai trò trong đợt đánh giá"
        verbose_name_plural = "vai trò trong đợt đánh giá"
        constraints = [
            models.UniqueConstraint(
                fields=["round", "user", "role"], condition=Q(group=None), name="round_role_once"
            ),
            models.UniqueConstraint(
                fields=["group", "user", "role"],
                condition=Q(group__isnull=False),
                name="round_role_once_per_group",
            ),
            models.CheckConstraint(
                condition=Q(~Q(contents=[]), role=RoundDuty.LEAD_AGENCY)
                | Q(~Q(role=RoundDuty.LEAD_AGENCY), contents=[]),
                name="round_role_contents_of_lead_agency",
            ),
            models.CheckConstraint(condition=Q(role__in=RoundDuty.values), name="round_role_known"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="round_role_valid_from_before_valid_to",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.group or self.round}"

    def clean(self) -> None:
        """A role over one group stands in that group's own round."""
        if self.group is not None and self.group.round_id != self.round_id:
            raise ValidationError({"group": "Nhóm đơn vị này thuộc đợt đánh giá khác."})
