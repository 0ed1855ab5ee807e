"""Settings of the staff sign-in: sessions, passwords, and what allauth asks for.

Nothing here depends on where the site runs; names and paths of the cookies do, so they are in
kapsite/settings.py, which takes these in.
"""

SESSION_ENGINE = "kapsite.accounts.authentication.session_store"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 3600  # seconds: a working day, however busy
SESSION_IDLE_SECONDS = 15 * 60
CSRF_COOKIE_AGE = None  # gone with the browser
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "kapsite.security.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "admin:index"
AUTHENTICATION_BACKENDS = ["kapsite.accounts.authentication.backends.StaffBackend"]
PASSWORD_HASHERS = ["kapsite.accounts.authentication.passwords.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 15},  # NIST SP 800-63B-4, section 3.1.1.2
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
] + [{"NAME": "kapsite.accounts.authentication.passwords.PatternValidator"}]
PASSWORD_RESET_TIMEOUT = 48 * 3600  # seconds; of setup links, which are Django's reset tokens
# What limits count is shared by all workers.
CACHES = {
    "default": {
        "BACKEND": "kapsite.accounts.authentication.rate_limits.cache.JsonCache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}
ACCOUNT_ADAPTER = "kapsite.accounts.authentication.adapter.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # decides that the sign-in has a password
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "accounts:signed_out"
ACCOUNT_FORMS = {
    "login": "kapsite.accounts.authentication.forms.SignInForm",
    "change_password": "kapsite.accounts.authentication.forms.NewPasswordForm",
    "reauthenticate": "kapsite.accounts.authentication.forms.PasswordAgainForm",
}
ACCOUNT_RATE_LIMITS = {
    "login": "60/15m/ip",
    "name_here": "5/15m/key",
    "name": "20/15m/key",
    "login_failed": "60/15m/ip,5/15m/key",  # of the second step: the password was right
}
MFA_ADAPTER = "kapsite.accounts.authentication.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Always, not only when it signs in alone: a challenge of a second step can be answered there too.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds, before and after
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "kapsite.accounts.authentication.forms.CodeForm",
    "reauthenticate": "kapsite.accounts.authentication.forms.CodeAgainForm",
    "activate_totp": "kapsite.accounts.authentication.forms.FirstCodeForm",
    "add_webauthn": "kapsite.accounts.authentication.forms.PasskeyForm",
    "edit_webauthn": "kapsite.accounts.authentication.forms.PasskeyNameForm",
    "login_webauthn": "kapsite.accounts.authentication.forms.PasskeySignInForm",
    "authenticate_webauthn": "kapsite.accounts.authentication.forms.PasskeyStepForm",
    "reauthenticate_webauthn": "kapsite.accounts.authentication.forms.PasskeyAgainForm",
}
