"""Data files in Excel."""
