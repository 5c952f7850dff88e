"""A unit may write its explanation before the points."""

from django.db import migrations, models
from django.db.models import Q

IS_ENTERED = Q(obtained__isnull=False) | ~Q(facts={})


class Migration(migrations.Migration):
    dependencies = [("assessments", "0006_two_person_kinds_and_kept_rankings")]

    operations = [
        migrations.RemoveConstraint("score", "score_obtained_by_and_at"),
        migrations.AddConstraint(
            "score",
            models.CheckConstraint(
                condition=Q(obtained=None, at=None, author_name="")
                | (Q(at__isnull=False) & ~Q(author_name="") & (IS_ENTERED | ~Q(reason=""))),
                name="score_obtained_by_and_at",
            ),
        ),
    ]
