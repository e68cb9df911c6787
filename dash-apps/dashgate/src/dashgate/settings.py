"""What the environment says, read where it is needed so that importing has no effect."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from .errors import DashgateError

AUDIENCE = "dashgate-internal"

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True)
class Settings:
    """Where the gateway is.

    internal_url: origin of the gateway's internal listener, from DASHGATE_INTERNAL_URL.
    issuer: the ``iss`` that a tenant token must carry, from DASHGATE_ISSUER; None accepts any.
        The signature is checked against the gateway's own key set in either case.
    """

    internal_url: str
    issuer: str | None = None


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises DashgateError that names the variable at fault."""
    environ = os.environ if environ is None else environ
    internal_url = environ.get("DASHGATE_INTERNAL_URL", "").rstrip("/")
    if not re.match(r"https?://[^/]+$", internal_url):
        raise DashgateError(
            "DASHGATE_INTERNAL_URL must be the address of the gateway's internal listener, "
            "such as http://127.0.0.1:8081"
        )
    return Settings(internal_url, environ.get("DASHGATE_ISSUER") or None)


def slug_of_prefix(prefix: str) -> str | None:
    """The slug in Dash's path prefix ``/dashboard/<slug>/``; None if it is not of that form."""
    parts = prefix.split("/")
    if len(parts) != 4 or parts[0] or parts[1] != "dashboard" or parts[3]:
        return None
    return parts[2] if SLUG.fullmatch(parts[2]) else None
