"""Frameworks in Excel: reading the workbooks that offices send. Pure: no models, no database."""
