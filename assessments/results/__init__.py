"""Setting results side by side: a unit's own points and the conclusion, a ranking and an earlier one."""
