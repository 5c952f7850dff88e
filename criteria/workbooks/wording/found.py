"""What was recognised in scoring words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Found:
    """A kind of rule with its parameters (criteria.rules.shapes), and what the words say besides.

    `full_points`: where nothing occurred, the unit gets the maximum.
    """

    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    full_points: bool = False
