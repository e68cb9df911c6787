"""Decides about each request of a server: the same for everyone, a tenant's, or refused."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass

from .errors import DashgateError, KeysUnavailable, TokenRefused
from .key_set import KeySet, key_set_of
from .settings import load_settings, slug_of_prefix
from .tenant_token import Identity, key_id_of, verify_tenant_token

logger = logging.getLogger("dashgate")

# Dash serves these to everybody alike. The shape is exact because Dash's catch-all route answers
# whatever its own routes do not.
FOR_EVERYONE = r"(?:_dash-dependencies|_favicon\.ico|_dash-component-suites/[^/]+/.+|{assets}/.+)"


@dataclass(frozen=True)
class GuardedApp:
    """One Dash app on a server: its path prefix, its slug, and which paths need no tenant."""

    prefix: str
    slug: str | None
    for_everyone: re.Pattern[str]


@dataclass(frozen=True)
class Refusal:
    """An answer instead of the app's. ``code`` is stable; nothing of the token is in it."""

    status: int
    code: str
    message: str

    def body(self, request_id: str | None) -> bytes:
        content = {"error": self.code, "message": self.message, "requestId": request_id}
        return json.dumps(content).encode()


NOT_ALLOWED = Refusal(403, "not_allowed", "This is not offered to your organisation.")


class Gate:
    """The gate of one server, on which one or several Dash apps live."""

    def __init__(self) -> None:
        self.apps: list[GuardedApp] = []

    def admit(self, prefix: str, assets_path: str) -> None:
        """Let a Dash app use this server."""
        slug = slug_of_prefix(prefix)
        if slug is None:
            logger.error(
                "Every request to %s will be refused: DASH_URL_BASE_PATHNAME must be "
                "/dashboard/<slug>/ with the slug under which the gateway knows the dashboard.",
                prefix,
            )
        pattern = FOR_EVERYONE.format(assets=re.escape(assets_path.strip("/")))
        self.apps.append(GuardedApp(prefix, slug, re.compile(re.escape(prefix) + pattern)))

    def app_at(self, path: str) -> GuardedApp | None:
        """The Dash app that owns the path."""
        owners = [app for app in self.apps if path.startswith(app.prefix)]
        return max(owners, key=lambda app: len(app.prefix), default=None)

    def is_for_everyone(self, method: str, path: str) -> bool:
        app = self.app_at(path)
        if app is None or method not in ("GET", "HEAD"):
            return False
        return app.for_everyone.fullmatch(path) is not None

    def needs_keys(self, tokens: list[str]) -> bool:
        """Whether judging these tokens has to ask the gateway, which may take a while."""
        try:
            keys = key_set_of(load_settings().internal_url)
            return len(tokens) == 1 and keys.cached(key_id_of(tokens[0])) is None
        except DashgateError:
            return False

    def judge(self, path: str, tokens: list[str]) -> Identity | Refusal:
        """Check the tenant token of a request. ``tokens`` are all values of the header."""
        app = self.app_at(path)
        slugs = [one.slug for one in ([app] if app else self.apps) if one.slug]
        try:
            settings = load_settings()
            return _verify(tokens, key_set_of(settings.internal_url), slugs, settings.issuer)
        except TokenRefused as error:
            logger.info("Refused %s: %s", path, error)
            return Refusal(401, error.code, "This request carries no valid tenant token.")
        except KeysUnavailable as error:
            logger.error("Refused %s: %s", path, error)
            message = "The tenant token cannot be checked just now. Try again."
            return Refusal(503, "tenant_keys_unavailable", message)
        except DashgateError as error:
            logger.error("Refused %s: %s", path, error)
            return Refusal(503, "app_not_configured", "The app is not connected to its gateway.")


def _verify(tokens: list[str], keys: KeySet, slugs: list[str], issuer: str | None) -> Identity:
    # Two of them are one too many: whoever added the second meant to be believed.
    if len(tokens) != 1 or not tokens[0]:
        raise TokenRefused("tenant_token_missing", "There must be exactly one X-Tenant-Token.")
    return verify_tenant_token(tokens[0], keys, slugs, issuer)
