"""Pure arithmetic over Decimal: rules, rollup, survey, ranking, rounding.

Nothing here knows Django, the clock, a file or a language setting. Absent is None, never zero.
docs/scoring.md explains the same arithmetic to a civil servant, with a worked example.
"""
