"""Verbs: each checks the person, changes, and leaves its audit event, in one transaction."""
