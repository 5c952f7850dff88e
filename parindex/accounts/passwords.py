"""Passwords given once on a slip of paper, and the code that opens the first run."""

import secrets
from pathlib import Path
from typing import NamedTuple

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher
from django.utils.crypto import constant_time_compare

# No two signs look alike in print. Without vowels, d and w no Vietnamese typing tool turns them into letters.
SIGNS = "bcfghjkmnprtvx23456789"
GROUPS, GROUP_LENGTH = 3, 4
# Stretching makes up for passwords that people think of. These are 53 random bits, so few rounds are enough,
# and 340 slips take seconds. The next sign-in hashes anew with the installation's own number of rounds.
ONE_TIME_ROUNDS = 20_000
SETUP_CODE = "setup-code"


def one_time_password() -> str:
    """A random password to be typed from paper once: three groups of four."""
    groups = ("".join(secrets.choice(SIGNS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def hash_one_time(password: str) -> str:
    """Hash a one-time password with the installation's hasher, quick enough for hundreds in one request."""
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return str(hasher.encode(password, hasher.salt(), iterations=ONE_TIME_ROUNDS))
    return str(hasher.encode(password, hasher.salt()))


class OneTimeKey(NamedTuple):
    """A one-time password and what the database keeps of it."""

    password: str
    hashed: str


def one_time_keys(count: int) -> list[OneTimeKey]:
    """So many one-time passwords. Hashing takes its time: make them before a transaction holds others up."""
    passwords = [one_time_password() for _ in range(count)]
    return [OneTimeKey(password, hash_one_time(password)) for password in passwords]


def setup_code(folder: Path) -> str:
    """The code that lets a person set up an empty installation; made on first use, read by its owner only."""
    path = folder / SETUP_CODE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(one_time_password())
    return path.read_text().strip()


def is_setup_code(folder: Path, typed: str) -> bool:
    """Whether this is the code, however it was spaced."""
    return constant_time_compare(_bare(typed), _bare(setup_code(folder)))


def forget_setup_code(folder: Path) -> None:
    """Remove the code once the installation is set up."""
    (folder / SETUP_CODE).unlink(missing_ok=True)


def _bare(code: str) -> str:
    return "".join(sign for sign in code.lower() if sign.isalnum())
