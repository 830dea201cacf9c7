"""Django's settings, derived from `portal.config`."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from gardien.base.crypto import Keyring
from gardien.base.ledger_files import LedgerFolder
from gardien.commitment import policy
from gardien.portal import config, embedded

CONFIG = config.read()
PACKAGE = Path(__file__).resolve().parent.parent

GARDIEN_KEYRING = Keyring(CONFIG.keys_folder)
GARDIEN_LEDGER = LedgerFolder(CONFIG.ledger_folder, GARDIEN_KEYRING)
SECRET_KEY = GARDIEN_KEYRING.secret()
GARDIEN_VERSIONS_FOLDER = CONFIG.versions or policy.VERSIONS_FOLDER
DEBUG = False
ALLOWED_HOSTS = CONFIG.hosts.split(",")
ROOT_URLCONF = "gardien.portal.urls"
WSGI_APPLICATION = "gardien.portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOMS = (
    *("base", "commitment", "journal", "standing", "consent", "network", "messaging"),
    *("customers", "catalogue", "quotes", "retention", "web", "portal"),
)
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_include_bootstrap",
    "procrastinate.contrib.django",
    *(f"gardien.{room}" for room in ROOMS),
]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

GARDIEN_DEMO = CONFIG.is_demo
GARDIEN_MAIL = CONFIG.mail_route
GARDIEN_MAIL_FROM = CONFIG.mail_from
GARDIEN_TENANT_MODEL = "network.Repairer"
GARDIEN_RESTRICTION_MODEL = "standing.Restriction"
AUTH_USER_MODEL = "network.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # the e-mail address is unique whatever its case, by a constraint on lower()

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "gardien.web.shared.middleware.headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gardien.web.shared.limits.limits",
    "allauth.account.middleware.AccountMiddleware",
    "gardien.web.shared.middleware.membership",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["gardien.web.shared.templatetags.gardien"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gardien.web.shared.context.page",
            ],
        },
    }
]


def _database() -> dict[str, Any]:
    """Return the connection of this process's role."""
    options: dict[str, Any] = {"pool": {"min_size": 0, "max_size": 8, "timeout": 10}}
    url = CONFIG.url(CONFIG.database_role)
    parameters: dict[str, Any] = conninfo_to_dict(url)
    if not url:
        cluster = embedded.Cluster(CONFIG.home / "postgres")
        parameters = {**cluster.dsn(f"gardien_{CONFIG.database_role}", CONFIG.database_name)}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parameters.pop("dbname"),
        "USER": parameters.pop("user"),
        "PASSWORD": parameters.pop("password", ""),
        "HOST": parameters.pop("host", ""),
        "PORT": str(parameters.pop("port", "")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**options, **parameters},
    }


DATABASES = {"default": _database(), "attempts": _database()}
"""Both are the same database; what goes through `attempts` (network.actions) commits by itself."""

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "gardien.network._password.EntropyValidator", "OPTIONS": {"bits": 80}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "first_name", "last_name")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "gardien.web.account.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "reset_password": "gardien.web.account.passwords.ForgottenForm",
    "reset_password_from_key": "gardien.web.account.passwords.RenewForm",
    "change_password": "gardien.web.account.passwords.ChangeForm",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "gardien.web.account.tokens.Tokens"  # noqa: S105 -- the name of a class
PASSWORD_RESET_TIMEOUT = 3600  # seconds, as the letter says
ACCOUNT_RATE_LIMITS = False  # network.actions.Attempt counts, for all processes
ALLAUTH_TRUSTED_PROXY_COUNT = CONFIG.proxies
MFA_ADAPTER = "gardien.web.account.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "gardien.web.account.second_factor.CodeForm",
    "reauthenticate": "gardien.web.account.second_factor.ProofForm",
    "activate_totp": "gardien.web.account.second_factor.ActivateForm",
    "add_webauthn": "gardien.web.account.second_factor.AddPasskeyForm",
}
MFA_TOTP_ISSUER = "Gardien"
MFA_REAUTHENTICATION_REQUIRED = False  # web.shared.access asks for it
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not CONFIG.is_https

SESSION_ENGINE = "gardien.web.shared.sessions"
SESSION_COOKIE_AGE = CONFIG.session_hours * 3600
GARDIEN_SESSION_HOURS = CONFIG.session_hours
GARDIEN_IDLE_MINUTES = CONFIG.idle_minutes
GARDIEN_PROOF_MINUTES = CONFIG.proof_minutes
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.is_https
SESSION_COOKIE_NAME = "__Host-session" if CONFIG.is_https else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if CONFIG.is_https else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "gardien.web.shared.errors.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.is_https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.is_https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 3_500_000  # a megabyte of text in any script, percent-encoded, still gets its form back
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "gardien.portal.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"level": "INFO", "handlers": [], "propagate": True},
        "procrastinate": {"level": "WARNING"},
    },
}
