"""Files that were read but not stored yet: kept for a day, so that nobody has to choose the same file again.

A file lies in the private storage under the hash of what it holds; only the person who sent it has the token
that leads to it.
"""

import datetime as dt
import hashlib

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

FOLDER = "uploads"
KEPT_FOR = dt.timedelta(days=1)
SALT = "criteria.upload"


def keep(content: bytes, name: str, *, owner: int) -> str:
    """Keep a file and return the token by which its owner finds it again."""
    _drop_old()
    place = f"{FOLDER}/{owner}-{hashlib.sha256(content).hexdigest()}"
    if not default_storage.exists(place):
        default_storage.save(place, ContentFile(content))
    return token_of(place, name, owner=owner)


def token_of(place: str, name: str, *, owner: int) -> str:
    """The token by which its owner finds a kept file again."""
    return signing.dumps({"place": place, "name": name, "owner": owner}, salt=SALT)


def place_of(token: str, *, owner: int) -> str:
    """Where the file of a token lies; empty where the token is too old or another person's."""
    try:
        told = signing.loads(token, salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return ""
    return str(told["place"]) if told["owner"] == owner else ""


def kept(token: str, *, owner: int) -> tuple[bytes, str] | None:
    """The file of a token with its name, or nothing where it is too old or another person's."""
    place = place_of(token, owner=owner)
    if not place or not default_storage.exists(place):
        return None
    with default_storage.open(place) as file:
        return file.read(), signing.loads(token, salt=SALT)["name"]


def drop(token: str) -> None:
    """Remove the file of a token: it has been stored as a draft."""
    default_storage.delete(signing.loads(token, salt=SALT)["place"])


def _drop_old() -> None:
    """Remove files that nobody came back for."""
    if not default_storage.exists(FOLDER):
        return
    for name in default_storage.listdir(FOLDER)[1]:
        place = f"{FOLDER}/{name}"
        if timezone.now() - default_storage.get_modified_time(place) > KEPT_FOR:
            default_storage.delete(place)
