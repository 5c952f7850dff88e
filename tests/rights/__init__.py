"""Who may open and do what: one table of every role × state × action, and what must never leak."""
