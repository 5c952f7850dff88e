"""Who may open and do what: one table of every person × state × action, and what must never leak.

A new address: its arguments into `addresses.py`, what its form sends into `bodies.py`; then
`RIGHTS=write RIGHTS_ONLY=its_name python -m pytest tests/rights/test_rights.py -k reads_only` writes its rows
into `expected.txt`. Read them, give new sentences in `sentences.txt` a name, and draw the page for readers
with `python -m tests.rights.draw`.
"""
