"""Settings. Every value that differs between installations is an environment variable."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from parindex.secret import kept_secret

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env(
    DJANGO_DEBUG=(bool, False),
    DJANGO_HTTPS=(bool, True),
    DJANGO_ALLOWED_HOSTS=(list, ["127.0.0.1", "localhost"]),
    DJANGO_CSRF_TRUSTED_ORIGINS=(list, []),
)

VAR_DIR = Path(env.str("DJANGO_VAR_DIR", default=str(BASE_DIR / "var")))
SECRET_KEY = env.str("DJANGO_SECRET_KEY", default="") or kept_secret(VAR_DIR)
DEBUG = env.bool("DJANGO_DEBUG")
HTTPS = env.bool("DJANGO_HTTPS")
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("DJANGO_CSRF_TRUSTED_ORIGINS")
VAR_DIR.mkdir(parents=True, exist_ok=True)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "import_export",
    "rest_framework",
    "drf_spectacular",
    "django_tasks",
    "django_tasks_db",
    "parindex",
    "parindex.audit",
    "parindex.accounts",
    "criteria",
    "surveys",
    "assessments",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "parindex.middleware.PlainTextMiddleware",
    "parindex.accounts.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "parindex.middleware.RefusalMiddleware",
    "parindex.middleware.StatedAccessMiddleware",
    "parindex.accounts.middleware.ActingRoleMiddleware",
    "parindex.accounts.middleware.FirstThingsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "parindex.urls"
WSGI_APPLICATION = "parindex.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# SQLite needs immediate transactions, write-ahead logging and patience to survive many writers.
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'par-index.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        # Who waits for the lock asks again every tenth of a second, and may be overtaken many times on a busy
        # machine: after 20 s one of 300 writers of a crowd still had nothing. Proxies give up after 60.
        "timeout": 50,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    # Without it a restart of the database would cost one error page for each connection that was kept.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "parindex.accounts.validators.NotTheName"},
    {"NAME": "parindex.accounts.validators.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "parindex.accounts.validators.NotCommon"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "assessments:work"
LOGOUT_REDIRECT_URL = "assessments:rounds"
ACCOUNT_ADAPTER = "parindex.accounts.adapter.ClosedSignUpAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {
    "login": "parindex.accounts.forms.SignInForm",
    "change_password": "parindex.accounts.forms.OwnPasswordForm",
    "reauthenticate": "parindex.accounts.forms.PasswordAgainForm",
}
# django-axes counts failures; allauth's own limits would answer first with an untranslated page.
# Letters with a link go out five times an hour to one address, whoever asks; its owner must not be flooded.
ACCOUNT_RATE_LIMITS = {"login_failed": None, "reset_password": "5/h/key"}
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "account/lockout.html"
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
# Roles whose holders must set up a second factor before anything else opens: "publisher,administrator".
MFA_REQUIRED_ROLES = env.list("DJANGO_MFA_REQUIRED_ROLES", default=[])
MFA_ADAPTER = "parindex.accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "parindex.accounts.forms.CodeForm",
    "reauthenticate": "parindex.accounts.forms.CodeAgainForm",
    "activate_totp": "parindex.accounts.forms.FirstCodeForm",
}
MFA_TOTP_ISSUER = "Chỉ số cải cách hành chính"
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
# Administrators write the addresses of their people; nobody confirms one by a letter.
MFA_ALLOW_UNVERIFIED_EMAIL = True

LANGUAGE_CODE = "vi"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
FORMAT_MODULE_PATH = ["parindex.formats"]
LOCALE_PATHS = [BASE_DIR / "parindex" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# DJANGO_EMAIL_URL=smtp+tls://user:password@host:587; without one, letters are printed on the console.
vars().update(env.email_url("DJANGO_EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DJANGO_EMAIL_FROM", default="khong-tra-loi@localhost")
# Where letters lead: the address under which people open the site.
SITE_URL = env.str("DJANGO_SITE_URL", default="http://127.0.0.1:8000").rstrip("/")

# Published pages never change, so each server process keeps what it has rendered of them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 300},
    }
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# A request may take seconds: 100 units are about 3 s of PDF. Larger published groups go to the job worker.
DOCUMENT_INLINE_UNITS = 100
# Drafts change with every score, so no job keeps them; staff wait longer: 300 units, well below 30 s.
DOCUMENT_DRAFT_UNITS = 300
# Publishing freezes every scorecard: 190 units of 150 leaves are 2.5 s of work, 3,321 half a minute. Larger
# rounds go to the job worker.
PUBLISH_INLINE_UNITS = 100
# A workbook of 1,000 rows is read within a second. What has more rows or bytes goes to the job worker.
FRAMEWORK_INLINE_ROWS = 1000
FRAMEWORK_INLINE_BYTES = 1024 * 1024
# Moving a group to another version rewrites its scores: 57,000 are 10 s of work. More go to the job worker.
MOVE_INLINE_SCORES = 5_000

# Evidence: the largest file, how many files one request may bring, and the endings of names that are taken.
EVIDENCE_MAX_BYTES = env.int("DJANGO_EVIDENCE_MAX_MB", default=50) * 1024 * 1024
EVIDENCE_FILES_AT_ONCE = env.int("DJANGO_EVIDENCE_FILES_AT_ONCE", default=20)
EVIDENCE_KINDS = env.list(
    "DJANGO_EVIDENCE_KINDS",
    default=["pdf", "docx", "xlsx", "pptx", "doc", "xls", "odt", "ods", "jpg", "jpeg", "png"],
)
# Where nginx serves the private files itself: an `internal` location over the storage's folder.
ACCEL_PREFIX = env.str("DJANGO_ACCEL_PREFIX", default="")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "parindex.unsent.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 100,
    "UNICODE_JSON": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Chỉ số cải cách hành chính: dữ liệu mở",
    "DESCRIPTION": "Kết quả đã công bố, chỉ đọc. Điểm là chuỗi thập phân có dấu chấm, ví dụ “79.24”.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # What each choice means stands in the description of its field, in Vietnamese.
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
