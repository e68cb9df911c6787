"""The gateway's public keys, fetched once and renewed when they age or an unknown one is named."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import httpx2
from jwt import PyJWK

from .errors import KeysUnavailable
from .http import internal_client

FRESH_SECONDS = 300
# A gateway that restarts must not log everybody out, yet a key that was withdrawn must not live on.
STALE_SECONDS = 1800
# An unknown key id asks again at most this often, so that forged ids cannot flood the gateway.
RETRY_SECONDS = 2.0


class KeySet:
    """Ed25519 keys by key id. Thread-safe. ``fetch`` answers the parsed JWKS document."""

    def __init__(
        self, fetch: Callable[[], Any], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[str, PyJWK] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None

    def cached(self, kid: str) -> PyJWK | None:
        """The key if it can be had without asking the gateway."""
        return self._keys.get(kid) if self._age() < FRESH_SECONDS else None

    def get(self, kid: str) -> PyJWK | None:
        """The key, None if the gateway has none of that id. Raises KeysUnavailable."""
        with self._lock:
            if self._age() >= FRESH_SECONDS or kid not in self._keys:
                self._renew()
            if self._age() >= STALE_SECONDS:
                raise KeysUnavailable("The gateway's key set cannot be fetched.")
            return self._keys.get(kid)

    def _age(self) -> float:
        return float("inf") if self._fetched_at is None else self._clock() - self._fetched_at

    def _renew(self) -> None:
        now = self._clock()
        if self._tried_at is not None and now - self._tried_at < RETRY_SECONDS:
            return
        self._tried_at = now
        try:
            document = self._fetch()
        except (httpx2.HTTPError, ValueError):
            return
        self._keys = _usable_keys(document)
        self._fetched_at = now


def _usable_keys(document: Any) -> dict[str, PyJWK]:
    entries = document.get("keys", []) if isinstance(document, dict) else []
    return {
        entry["kid"]: PyJWK(entry, algorithm="EdDSA")
        for entry in entries
        if isinstance(entry, dict)
        and isinstance(entry.get("kid"), str)
        and entry.get("kty") == "OKP"
        and entry.get("crv") == "Ed25519"
        and entry.get("use", "sig") == "sig"
    }


@lru_cache(maxsize=4)
def key_set_of(internal_url: str) -> KeySet:
    """The key set of the gateway at this address, one for the process."""

    def fetch() -> Any:
        answer = internal_client(internal_url).get("/.well-known/jwks.json", timeout=5)
        return answer.raise_for_status().json()

    return KeySet(fetch)
