"""Read-only data interface over publications."""
