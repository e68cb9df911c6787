"""What the gateway says of the tenant: name, branding, settings."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from .data_api import get_changed
from .errors import DataUnavailable
from .tenant_token import Identity

# The callbacks of a page ask together. After that the gateway is asked whether anything has
# changed, which costs it and us next to nothing: so a change shows within this time everywhere.
TRUSTED_SECONDS = 1
MAX_CONTEXTS = 1024


@dataclass(frozen=True)
class KnownContext:
    content: dict[str, Any]
    etag: str | None
    checked_at: float


class ContextCache:
    """What GET /context said, by tenant, dashboard and user; the longest unused go first.

    Thread-safe. By user as well, because the gateway says each one's own name and ends what a
    session may see when the session ends.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str, str], KnownContext] = OrderedDict()

    def get(self, identity: Identity) -> dict[str, Any]:
        """Raises ConfigInvalid, DataUnavailable: what was known before is not served then."""
        key = (identity.tenant_id, identity.dashboard, identity.sub)
        with self._lock:
            known = self._known.get(key)
        if known and time.monotonic() - known.checked_at < TRUSTED_SECONDS:
            return known.content
        asked_at = time.monotonic()
        fetched = get_changed(identity, "/context", known.etag if known else None)
        if fetched:
            content, etag = _checked(fetched.content, identity), fetched.etag
        elif known:
            content, etag = known.content, known.etag
        with self._lock:
            self._known[key] = KnownContext(content, etag, asked_at)
            self._known.move_to_end(key)
            while len(self._known) > MAX_CONTEXTS:
                self._known.popitem(last=False)
        return content

    def clear(self) -> None:
        with self._lock:
            self._known.clear()


def _checked(content: Any, identity: Identity) -> dict[str, Any]:
    # A wrong answer here would put one tenant's name and colours on another's page.
    if not isinstance(content, dict) or content["tenant"]["id"] != identity.tenant_id:
        raise DataUnavailable("The data API's context is not that of this tenant.")
    return content


contexts = ContextCache()
