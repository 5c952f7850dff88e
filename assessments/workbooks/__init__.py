"""Scores and announced results in workbooks. Pure reading: no models, no database."""
