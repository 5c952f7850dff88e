"""The installation's own secret key, made once and kept beside its data."""

import secrets
from pathlib import Path


def kept_secret(folder: Path) -> str:
    """Read the key from the data folder; the first use makes it, readable by its owner only."""
    path = folder / "secret-key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()
