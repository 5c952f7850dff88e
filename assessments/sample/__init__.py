"""The sample: the five papers read by our own reader, generated scores beside them, and accounts.

Every generated score comes from a fixed seed, and its group is marked illustrative.
"""
