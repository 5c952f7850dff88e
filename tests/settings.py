"""The application's settings with what tests need changed: quick, and nothing kept."""

import os
import tempfile
from pathlib import Path

_folder = tempfile.TemporaryDirectory(prefix="par-index-tests-")
os.environ["DJANGO_VAR_DIR"] = _folder.name
os.environ["DJANGO_HTTPS"] = "false"
os.environ["DJANGO_SECRET_KEY"] = "only-for-tests"

from parindex.settings import *

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
Path(STATIC_ROOT).mkdir()

# A file, not memory: threads and the live server then meet the locks that production meets.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": f"{_folder.name}/test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
else:
    # Connections kept open by the live server would forbid to drop the database.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
