"""A tenant's datasets as data frames, downloaded only when they have changed."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .data_api import download
from .errors import DatasetNotFound, DataUnavailable
from .tenant_token import Identity

if TYPE_CHECKING:
    import pandas as pd

MAX_BYTES = 256 * 1024 * 1024

# As the gateway has it: a name, never a path.
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?")


@dataclass(frozen=True)
class CachedFrame:
    etag: str
    frame: pd.DataFrame
    size: int


class FrameCache:
    """Frames by (tenant, dataset) with their ETag; the longest unused go first. Thread-safe."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._frames: OrderedDict[tuple[str, str], CachedFrame] = OrderedDict()

    def get(self, tenant_id: str, name: str) -> CachedFrame | None:
        with self._lock:
            found = self._frames.get((tenant_id, name))
            if found:
                self._frames.move_to_end((tenant_id, name))
            return found

    def put(self, tenant_id: str, name: str, etag: str, frame: pd.DataFrame) -> None:
        size = int(frame.memory_usage(deep=True).sum())
        with self._lock:
            self._frames[(tenant_id, name)] = CachedFrame(etag, frame, size)
            self._frames.move_to_end((tenant_id, name))
            while sum(one.size for one in self._frames.values()) > self._max_bytes:
                self._frames.popitem(last=False)

    def forget(self, tenant_id: str, name: str) -> None:
        with self._lock:
            self._frames.pop((tenant_id, name), None)


frames = FrameCache()


def load_dataset(identity: Identity, name: str, cache: FrameCache = frames) -> pd.DataFrame:
    """The dataset as the tenant's own copy: changing it changes nobody else's.

    The gateway is asked every time, and answers 304 while the ETag still holds: so what a tenant
    may no longer see is not served from memory. Raises DatasetNotFound, DataUnavailable.
    """
    if not NAME.fullmatch(name):
        raise DatasetNotFound(f"{name[:100]!r} is not the name of a dataset.")
    cached = cache.get(identity.tenant_id, name)
    with download(identity, name, cached.etag if cached else None) as answer:
        if answer == 404:
            cache.forget(identity.tenant_id, name)
            raise DatasetNotFound(f"There is no dataset {name!r} for this tenant.")
        if isinstance(answer, int):
            if cached is None:
                raise DataUnavailable("The data API answered 304 to an unconditional request.")
            return cached.frame.copy(deep=True)
        frame = _read(answer.file, name)
        if answer.etag:
            cache.put(identity.tenant_id, name, answer.etag, frame)
            return frame.copy(deep=True)
        return frame


def _read(file: object, name: str) -> pd.DataFrame:
    import pandas as pd  # takes most of a second, and not every app or worker needs it

    try:
        return pd.read_parquet(file, engine="pyarrow")  # type: ignore[arg-type]
    except (ValueError, OSError) as error:
        raise DataUnavailable(f"The dataset {name!r} is not a readable Parquet file.") from error
