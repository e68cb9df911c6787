"""The one HTTP client towards the gateway's internal listener."""

from __future__ import annotations

import os
from functools import lru_cache

import httpx2


def internal_client(base_url: str) -> httpx2.Client:
    """A pooled, thread-safe client for this process."""
    return _client(base_url, os.getpid())


# The process id is part of the key: a worker or a background job that was forked must not share
# its parent's sockets, or two processes would read one another's answers.
@lru_cache(maxsize=4)
def _client(base_url: str, _process_id: int) -> httpx2.Client:
    return httpx2.Client(
        base_url=base_url,
        timeout=httpx2.Timeout(30, connect=3),
        limits=httpx2.Limits(max_connections=32, keepalive_expiry=2),
        follow_redirects=False,
        # HTTP_PROXY and .netrc are for the outside world; a tenant token must not go there.
        trust_env=False,
    )
