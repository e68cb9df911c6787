"""Checks a tenant token: the one header of a request that an app may believe."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any

import jwt

from .errors import TokenRefused
from .key_set import KeySet
from .settings import AUDIENCE, SLUG

MAX_LIFETIME_SECONDS = 15 * 60
# The gateway may run on another machine, whose clock is never quite the same.
LEEWAY_SECONDS = 5
REQUIRED = ["iss", "aud", "sub", "exp", "iat", "tenant_id", "role", "dashboard"]
ROLES = ("admin", "viewer")


@dataclass(frozen=True)
class Identity:
    """What a verified tenant token says, and the token itself for asking the data API.

    expires_at: seconds since the epoch.
    """

    tenant_id: str
    sub: str
    email: str
    role: str
    dashboard: str
    expires_at: float
    token: str = field(repr=False)

    def to_job(self) -> dict[str, Any]:
        """Plain values, fit for pickle and JSON, that go with a background job."""
        return asdict(self)

    @staticmethod
    def from_job(values: dict[str, Any]) -> Identity:
        return Identity(**values)


def key_id_of(token: str) -> str:
    """The key id that an EdDSA token names. Raises TokenRefused for any other token."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise TokenRefused("tenant_token_invalid", f"Not a token: {error}") from error
    # RFC 8725 section 3.1: the algorithm is ours to choose, never the token's ('none', HS256).
    if header.get("alg") != "EdDSA" or not isinstance(header.get("kid"), str):
        raise TokenRefused("tenant_token_invalid", "The token is not signed as the gateway signs.")
    return header["kid"]


def verify_tenant_token(
    token: str, keys: KeySet, dashboards: Collection[str], issuer: str | None
) -> Identity:
    """Check signature, times, audience, issuer and dashboard.

    dashboards: slugs of the apps that this server runs; the token must be for one of them.
    Raises TokenRefused, or KeysUnavailable when nothing can be judged.
    """
    key = keys.get(key_id_of(token))
    if key is None:
        raise TokenRefused("tenant_token_invalid", "The token is signed by an unknown key.")
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=["EdDSA"],
            audience=AUDIENCE,
            issuer=issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED, "strict_aud": True},
        )
    except jwt.ExpiredSignatureError as error:
        raise TokenRefused("tenant_token_expired", "The tenant token has expired.") from error
    except jwt.InvalidTokenError as error:
        raise TokenRefused("tenant_token_invalid", f"{type(error).__name__}: {error}") from error
    return _identity(claims, token, dashboards)


def _identity(claims: dict[str, Any], token: str, dashboards: Collection[str]) -> Identity:
    if claims["exp"] - claims["iat"] > MAX_LIFETIME_SECONDS:
        raise TokenRefused("tenant_token_invalid", "The token lives longer than 15 minutes.")
    if not SLUG.fullmatch(str(claims["tenant_id"])) or claims["role"] not in ROLES:
        raise TokenRefused("tenant_token_invalid", "The token names no tenant or no known role.")
    if claims["dashboard"] not in dashboards:
        raise TokenRefused("tenant_token_invalid", "The token is for another dashboard.")
    return Identity(
        tenant_id=claims["tenant_id"],
        sub=claims["sub"],
        email=str(claims.get("email") or ""),
        role=claims["role"],
        dashboard=claims["dashboard"],
        expires_at=float(claims["exp"]),
        token=token,
    )
