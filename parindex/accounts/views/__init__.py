"""Pages of organisers, units and accounts."""
