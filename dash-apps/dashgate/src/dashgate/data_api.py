"""What an app may ask the gateway for, with its tenant token as the bearer."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import quote

import httpx2

from .errors import ConfigInvalid, DataUnavailable, PreferenceChanged, PreferenceRefused
from .http import internal_client
from .settings import load_settings
from .tenant_token import Identity

# Larger files are kept on disk while they are read.
IN_MEMORY_BYTES = 32 * 1024 * 1024

# The gateway does not keep what was sent, and says why: bad, conflicting, changed, large, too fast.
REFUSED = (400, 409, 412, 413, 429)


@dataclass(frozen=True)
class Download:
    """A dataset's bytes, rewound, and the ETag under which the gateway knows them."""

    file: IO[bytes]
    etag: str | None


@dataclass(frozen=True)
class Fetched:
    """A parsed answer, and the ETag under which to ask whether it still holds."""

    content: Any
    etag: str | None


def get_json(identity: Identity, path: str) -> Any | None:
    """The parsed answer; None for 404. Raises DataUnavailable."""
    with _answer(identity, "GET", path) as answer:
        if answer.status_code == 404:
            return None
        _expect(answer, 200)
        return _parsed(answer)


def get_changed(identity: Identity, path: str, etag: str | None) -> Fetched | None:
    """The answer, or None while what was answered under the ETag still holds.

    Raises DataUnavailable.
    """
    headers = {"If-None-Match": etag} if etag else {}
    with _answer(identity, "GET", path, headers=headers) as answer:
        if etag and answer.status_code == 304:
            return None
        _expect(answer, 200)
        return Fetched(_parsed(answer), answer.headers.get("etag"))


def put_json(identity: Identity, path: str, content: Any, conditions: dict[str, str]) -> Any:
    """conditions: ``If-Match`` or ``If-None-Match``.

    Raises PreferenceRefused, PreferenceChanged, DataUnavailable.
    """
    with _answer(identity, "PUT", path, content=content, headers=conditions) as answer:
        _expect(answer, 200)
        return _parsed(answer)


def delete(identity: Identity, path: str, conditions: dict[str, str]) -> None:
    """Deleting what is not there is no error. Raises as ``put_json`` does."""
    with _answer(identity, "DELETE", path, headers=conditions) as answer:
        if answer.status_code != 404:
            _expect(answer, 204)


@contextmanager
def download(identity: Identity, name: str, etag: str | None) -> Iterator[Download | int]:
    """Stream a dataset. Yields a Download, or the status 304 or 404. Raises DataUnavailable."""
    # Uncompressed, so that the length that was promised is the length of what is read.
    headers = {"Accept-Encoding": "identity", **({"If-None-Match": etag} if etag else {})}
    with _answer(identity, "GET", f"/datasets/{segment(name)}", headers=headers) as answer:
        if answer.status_code in (304, 404):
            yield answer.status_code
            return
        _expect(answer, 200)
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as file:
            _copy(answer, file)
            yield Download(file, answer.headers.get("etag"))


def segment(name: str) -> str:
    """A name as one path segment, whatever is in it."""
    # Dots too: clients and servers resolve the segments '.' and '..' before anybody looks at them.
    return quote(name, safe="").replace(".", "%2E")


def _copy(answer: httpx2.Response, file: IO[bytes]) -> None:
    try:
        for piece in answer.iter_bytes():
            file.write(piece)
    except httpx2.HTTPError as error:
        raise DataUnavailable(f"The data API broke off: {type(error).__name__}.") from error
    # Not every end of a connection is an error to HTTP, and half a file must not pass for a whole.
    promised, got = answer.headers.get("content-length"), answer.num_bytes_downloaded
    if promised != str(got):
        request_id = answer.headers.get("x-request-id")
        raise DataUnavailable(f"The data API gave {got} of {promised} bytes.", request_id)
    file.seek(0)


def _parsed(answer: httpx2.Response) -> Any:
    try:
        return answer.json()
    except ValueError as error:
        path = answer.request.url.path
        raise DataUnavailable(f"The data API's answer to {path} is no JSON.") from error


@contextmanager
def _answer(
    identity: Identity,
    method: str,
    path: str,
    content: Any = None,
    headers: dict[str, str] | None = None,
) -> Iterator[httpx2.Response]:
    client = internal_client(load_settings().internal_url)
    bearer = {"Authorization": f"Bearer {identity.token}", **(headers or {})}
    try:
        request = client.build_request(method, path, json=content, headers=bearer)
        answer = client.send(request, stream=True)
        if method != "GET" or not path.startswith("/datasets/"):
            answer.read()
    except httpx2.HTTPError as error:
        raise DataUnavailable(f"The data API did not answer: {type(error).__name__}.") from error
    try:
        yield answer
    finally:
        answer.close()


def _expect(answer: httpx2.Response, status: int) -> None:
    if answer.status_code == status:
        return
    request_id = answer.headers.get("x-request-id")
    code = answer.headers.get("x-gateway-error")
    message = f"The data API answered {answer.status_code} for {answer.request.url.path}."
    if code == "config_invalid":
        raise ConfigInvalid(message, request_id)
    if answer.request.method in ("PUT", "DELETE") and answer.status_code in REFUSED:
        raise _refusal(answer, code or "refused")
    raise DataUnavailable(message, request_id)


def _refusal(answer: httpx2.Response, code: str) -> PreferenceRefused:
    said = _parsed(answer)
    message = str(said.get("message") if isinstance(said, dict) else "") or "It cannot be kept."
    return (PreferenceChanged if answer.status_code == 412 else PreferenceRefused)(code, message)
