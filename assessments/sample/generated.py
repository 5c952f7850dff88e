"""Made-up scores from a fixed seed, in amounts that an appraisal would give."""

import random
from collections.abc import Iterator, Sequence
from decimal import Decimal

from assessments.models import Assessment
from assessments.words import Word
from criteria.enums import Source
from criteria.models import Criterion

SEED = 2024
PARTS = (Decimal(1), Decimal("0.75"), Decimal("0.5"), Decimal(0))
ACCEPTED = "Công nhận điểm tự chấm."
LACKING = (
    "Còn nhiệm vụ hoàn thành sau thời hạn, đơn vị tự trừ điểm.",
    "Đã thực hiện một phần; phần còn lại chuyển sang kế hoạch năm sau.",
    "Báo cáo gửi chậm so với thời hạn quy định.",
)
REASONS = (
    "Tài liệu kiểm chứng ban hành sau thời hạn quy định.",
    "Thiếu tài liệu kiểm chứng cho một phần nhiệm vụ.",
    "Số liệu theo dõi của cơ quan chủ trì thấp hơn số đơn vị báo cáo.",
    "Báo cáo chưa đủ nội dung theo hướng dẫn.",
)


def _generator(*parts: object) -> random.Random:
    return random.Random(":".join(map(str, (SEED, *parts))))  # noqa: S311 - sample data, no secret


def own_words(
    assessments: Sequence[Assessment], leaves: Sequence[Criterion], *, share: int = 100
) -> Iterator[Word]:
    """Self-scores on the leaves that units score themselves, explained where they claim less than all.

    `share` percent of the leaves are filled.
    """
    for assessment in assessments:
        chance = _generator("self", assessment.unit_code)
        for leaf in leaves:
            if leaf.source == Source.SELF and chance.randrange(100) < share:
                part = chance.choices(PARTS, weights=(78, 12, 7, 3))[0]
                reason = "" if part == 1 else LACKING[leaf.position % len(LACKING)]
                points = leaf.max_points * part
                yield Word(assessment=assessment, criterion=leaf, points=points, reason=reason)


def concluded_words(
    assessments: Sequence[Assessment], leaves: Sequence[Criterion], *, share: int = 100
) -> Iterator[Word]:
    """Conclusions: most self-scores are recognised, some lowered with a reason; surveys from an index."""
    own = {(word.assessment.pk, word.criterion.pk): word for word in own_words(assessments, leaves)}
    for assessment in assessments:
        chance = _generator("conclusion", assessment.unit_code)
        strictness = chance.randrange(6, 22)
        for leaf in leaves:
            if chance.randrange(100) >= share:
                continue
            word = own.get((assessment.pk, leaf.pk))
            if word is None or word.points is None:
                index = Decimal(chance.randrange(780, 985)) / 1000
                yield Word(assessment=assessment, criterion=leaf, points=leaf.max_points * index)
            elif word.points and chance.randrange(100) < strictness:
                lowered = word.points * chance.choice(PARTS[1:])
                yield Word(
                    assessment=assessment, criterion=leaf, points=lowered, reason=chance.choice(REASONS)
                )
            else:
                yield Word(assessment=assessment, criterion=leaf, points=word.points, reason=ACCEPTED)
