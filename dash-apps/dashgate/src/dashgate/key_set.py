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
# Unknown key ids ask the gateway at most this often, so that forged ones cannot flood it.
PAUSE_SECONDS = 1.0


class KeySet:
    """Ed25519 keys by key id. Thread-safe. ``fetch`` answers the parsed JWKS document."""

    def __init__(
        self,
        fetch: Callable[[], Any],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._keys: dict[str, PyJWK] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._tries = 0

    def cached(self, kid: str) -> PyJWK | None:
        """The key if it can be had without asking the gateway."""
        return self._keys.get(kid) if self._age() < FRESH_SECONDS else None

    def get(self, kid: str) -> PyJWK | None:
        """The key, None if the gateway has none of that id. Raises KeysUnavailable.

        The gateway may have made a key a moment ago, so an unknown id waits for a key set that was
        fetched after the question instead of being refused; all who wait share one.
        """
        key = self.cached(kid)
        if key is not None:
            return key
        tries = self._tries
        with self._lock:
            if self._tries == tries:
                self._renew(kid)
            is_fresh = self._fetched_at >= self._tried_at
            if self._age() >= STALE_SECONDS or (kid not in self._keys and not is_fresh):
                raise KeysUnavailable("The gateway's key set cannot be fetched.")
            return self._keys.get(kid)

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    def _renew(self, kid: str) -> None:
        pause = self._tried_at + PAUSE_SECONDS - self._clock()
        if pause > 0:
            # A known key is good for a while yet, even when the gateway does not answer.
            if kid in self._keys:
                return
            self._sleep(pause)
        self._tries += 1
        self._tried_at = self._clock()
        try:
            document = self._fetch()
        except (httpx2.HTTPError, ValueError):
            return
        self._keys = _usable_keys(document)
        self._fetched_at = self._tried_at


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
