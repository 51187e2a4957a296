"""Environment -> the site's settings. One data folder (HEDU_HOME) holds everything a site knows.

Importing this module writes nothing: `hedu serve` makes the folder and the secret key in it.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from hedu.center.kernel.logging import LOGGING  # noqa: F401  (a setting)


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def claimed(name: str) -> bool:
    return env(name).lower() in {"1", "true", "yes", "on"}


def listed(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


CENTER = Path(__file__).resolve().parent
HEDU_HOME = Path(env("HEDU_HOME") or "var").absolute()
HEDU_DEMO = claimed("HEDU_DEMO")
HEDU_ENGINE = env("HEDU_ENGINE") or f"duckdb:///{HEDU_HOME / 'warehouse'}"
HEDU_NAME = env("HEDU_NAME")
HEDU_URL = env("HEDU_URL")


def _secret_key() -> str:
    """The site's key: given, or kept in the data folder, or one that lasts as long as this process."""
    kept = HEDU_HOME / "secret.key"
    if env("HEDU_SECRET_KEY"):
        return env("HEDU_SECRET_KEY")
    return kept.read_text().strip() if kept.is_file() else secrets.token_urlsafe(50)


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = listed("HEDU_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = listed("HEDU_ORIGINS")
HTTPS = claimed("HEDU_HTTPS")

# --- apps: a ladder, lowest first; an app may look down it only ------------------------------------------

APPS = ("kernel", "people", "catalog", "goals", "proposals", "conflicts", "dashboards", "home")


def _modules(part: str) -> tuple[str, ...]:
    """`hedu.center.<app>.<part>` of every app that has one, in the order of the ladder."""
    found = [app for app in APPS if (CENTER / app / f"{part}.py").is_file() or (CENTER / app / part).is_dir()]
    return tuple(f"hedu.center.{app}.{part}" for app in found)


HEDU_ACTION_MODULES = _modules("actions")
HEDU_READ_MODULES = _modules("reads")
HEDU_SUBSCRIBER_MODULES = _modules("subscribers")
HEDU_SUBJECT_MODULES = _modules("subjects")
HEDU_TOPIC_MODULES = _modules("topics")
HEDU_JOB_MODULES = _modules("jobs")
HEDU_SCHEDULE_MODULES = _modules("schedule")
HEDU_NAV_MODULES = _modules("nav")
HEDU_URL_MODULES = _modules("urls")
HEDU_ACTOR_OF = "hedu.center.people.reads.actor_of"
HEDU_STANDS_IN_FOR = "hedu.center.people.reads.stands_in_for"
HEDU_DEPARTMENT_NAMES = "hedu.center.people.reads.names_of"
HEDU_DATASETS_OF = "hedu.center.catalog.reads.policy_datasets"
HEDU_APPROVAL_OF = "hedu.center.proposals.reads.approval_of"
HEDU_TARGETS_THROUGH = "hedu.center.proposals.submitting.targets"
HEDU_POLICIES_THROUGH = "hedu.center.proposals.submitting.policies"
HEDU_QUESTIONS_OF = ("hedu.center.dashboards.reads.questions_kept",)

LIBRARIES = (
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "django_cotton",
    "django_vite",
)
# Ours come first: their templates and wordings win over those of the libraries.
INSTALLED_APPS = [*(f"hedu.center.{name}" for name in reversed(APPS)), *LIBRARIES]

MIDDLEWARE = [
    "hedu.center.kernel.middleware.errors",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hedu.center.kernel.middleware.language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "hedu.center.kernel.middleware.actor",
    "hedu.center.home.recent.remember",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "hedu.doors.urls"
ASGI_APPLICATION = "hedu.doors.asgi.application"
WSGI_APPLICATION = "hedu.doors.asgi.wsgi"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "hedu.center.kernel.page.context",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "hedu.center.kernel.templatetags.hedu",
            ],
        },
    }
]

# --- data ------------------------------------------------------------------------------------------------


def _database() -> dict[str, Any]:
    """SQLite in the data folder, or the PostgreSQL that HEDU_DATABASE_URL names."""
    url = env("HEDU_DATABASE_URL")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HEDU_HOME / "site.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                " PRAGMA busy_timeout=20000; PRAGMA cache_size=-20000;",
            },
            "CONN_MAX_AGE": None,
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _mail() -> dict[str, Any]:
    """HEDU_SMTP=smtp://name:password@host:587 (smtps:// for TLS from the start); without it no mail is sent."""
    parts = urlsplit(env("HEDU_SMTP"))
    if not parts.hostname:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(parts.username),
        "EMAIL_TIMEOUT": 20,
    }


globals().update(_mail())
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("HEDU_MAIL_FROM") or "hedu@localhost"
MEDIA_ROOT = HEDU_HOME / "media"
MEDIA_URL = "/media/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
HEDU_UPLOAD_LIMIT = 50 * 1024 * 1024
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- languages -------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env("HEDU_TIME_ZONE") or "Asia/Shanghai"

# --- signing in ------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "kernel.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "hedu.center.kernel.signin.InvitedOnly"
SOCIALACCOUNT_ADAPTER = "hedu.center.kernel.signin.FromProvider"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_FORMS = {"login": "hedu.center.kernel.signin.SignInForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = HEDU_NAME or "Hedu"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_LOGIN_ON_GET = False
# Failures are counted by axes, in the database that all processes share.
ACCOUNT_RATE_LIMITS = {"login_failed": None, "login": "300/m/ip"}
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "hedu.center.kernel.signin.name_tried"
AXES_LOCKOUT_CALLABLE = "hedu.center.kernel.signin.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False


def _providers() -> list[dict[str, Any]]:
    """OIDC providers from HEDU_OIDC="name,…" and HEDU_OIDC_<NAME>_URL, _ID, _SECRET, _LABEL."""
    found = []
    for name in listed("HEDU_OIDC"):
        key = f"HEDU_OIDC_{name.upper().replace('-', '_')}"
        found.append(
            {
                "provider_id": name,
                "name": env(f"{key}_LABEL") or name,
                "client_id": env(f"{key}_ID"),
                "secret": env(f"{key}_SECRET"),
                "settings": {"server_url": env(f"{key}_URL")},
            }
        )
    return found


HEDU_OIDC = _providers()
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": HEDU_OIDC}}

# --- headers ---------------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "hedu_session"
CSRF_COOKIE_NAME = "hedu_csrf"
CSRF_FAILURE_VIEW = "hedu.center.kernel.faults.csrf_failed"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        # Chart tooltips and the dashboard grid place things by style attributes; no style element may come in.
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'self'"],
        "form-action": ["'self'", *sorted({app["settings"]["server_url"] for app in HEDU_OIDC} - {""})],
    }
}

# --- static ----------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = HEDU_HOME / "static"
STATICFILES_DIRS = [CENTER / "static"]
GATHERED = (STATIC_ROOT / ".gathered").is_file()
# Pages name the files that are served: the gathered ones once there are any.
HEDU_BUILT = (STATIC_ROOT if GATHERED else CENTER / "static") / "built"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# Served from where they lie until `hedu serve` has gathered and compressed them.
WHITENOISE_USE_FINDERS = not GATHERED
WHITENOISE_MAX_AGE = 3600
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/built/assets/.+-[\w-]{8}\.\w+$"
DJANGO_VITE = {
    "default": {"manifest_path": HEDU_BUILT / "manifest.json", "static_url_prefix": "built"},
}
SILENCED_SYSTEM_CHECKS = ["django_vite.W001", "staticfiles.W004"]
