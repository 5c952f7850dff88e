"""Files of scores and of announced results, put onto the units and leaves of a round."""

from assessments.score_import.run import Outcome, import_announced, import_scores

__all__ = ["Outcome", "import_announced", "import_scores"]
