"""The floor that the ranking is measured against: the same sums and ranks in one plain statement."""

from typing import Any

from django.db import connection

from assessments.models import Group

# Whole millionths of points and hundredths of a percent, so that no database turns to floats. Totals
# as windows over the sums per content: the fastest of five ways tried on SQLite.
STATEMENT = """
WITH parts AS (
    SELECT s.assessment_id,
           c.content_id,
           SUM(s.obtained) AS obtained,
           SUM(s.obtained) FILTER (WHERE c.source = 'survey' AND c.standing = 'ordinary')
               AS survey,
           SUM(s.obtained) FILTER (WHERE c.standing = 'bonus') AS bonus,
           SUM(s.attainable) AS attainable,
           SUM(s.attainable) FILTER (WHERE c.source = 'survey' AND c.standing = 'ordinary')
               AS survey_attainable,
           COUNT(*) FILTER (WHERE s.obtained IS NULL) AS unscored
    FROM assessments_score s
    JOIN criteria_criterion c ON c.id = s.criterion_id
    WHERE s.assessment_id IN (SELECT id FROM assessments_assessment WHERE group_id = %s)
      AND s.track = 'conclusion'
    GROUP BY s.assessment_id, c.content_id
),
totalled AS (
    SELECT parts.*,
           SUM(obtained) OVER unit AS total,
           SUM(attainable) OVER unit AS possible
    FROM parts
    WINDOW unit AS (PARTITION BY assessment_id)
)
SELECT totalled.*, DENSE_RANK() OVER (ORDER BY total * 10000 / possible DESC) AS place
FROM totalled
"""


def sums_and_ranks(group: Group) -> list[tuple[Any, ...]]:
    """Every unit's sums per content, total and rank, as the database driver hands them over."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, [group.pk])
        return cursor.fetchall()
