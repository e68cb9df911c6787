from __future__ import annotations

import socket
import threading
from contextlib import contextmanager

import pandas as pd
import pytest
from dashgate.data_api import segment
from dashgate.datasets import FrameCache, load_dataset
from dashgate.key_set import key_set_of
from dashgate.tenant_token import verify_tenant_token
from support import SLUG

from dashgate import DatasetNotFound, DataUnavailable


@pytest.fixture
def who(gateway):
    def identity(tenant):
        token = gateway.token(tenant, SLUG)
        return verify_tenant_token(token, key_set_of(gateway.url), [SLUG], None)

    return identity


def frame(*values):
    return pd.DataFrame({"line": ["auto"] * len(values), "paid": list(values)})


def statuses(gateway, path="/datasets/triangles"):
    return [status for _, asked, status in gateway.requests if asked == path]


def test_each_tenant_gets_its_own_data(gateway, who):
    gateway.put_frame("acme-corp", "triangles", frame(1.5, 2))
    gateway.put_frame("globex", "triangles", frame(30))
    for _ in range(2):
        assert load_dataset(who("acme-corp"), "triangles")["paid"].tolist() == [1.5, 2]
        assert load_dataset(who("globex"), "triangles")["paid"].tolist() == [30]


def test_downloads_again_only_what_has_changed(gateway, who):
    gateway.put_frame("globex", "triangles", frame(1))
    load_dataset(who("globex"), "triangles")
    load_dataset(who("globex"), "triangles")
    gateway.put_frame("globex", "triangles", frame(2))
    assert load_dataset(who("globex"), "triangles")["paid"].tolist() == [2]
    assert statuses(gateway) == [200, 304, 200]


def test_no_caller_can_change_what_another_gets(gateway, who):
    gateway.put_frame("globex", "triangles", frame(1, 2))
    first = load_dataset(who("globex"), "triangles")
    first.loc[0, "paid"] = 99
    first["added"] = 1
    second = load_dataset(who("globex"), "triangles")
    second.loc[1, "line"] = "changed"
    third = load_dataset(who("globex"), "triangles")
    assert third.to_dict("list") == {"line": ["auto", "auto"], "paid": [1, 2]}


def test_says_that_there_is_no_such_dataset_and_forgets_it(gateway, who):
    gateway.put_frame("globex", "triangles", frame(1))
    load_dataset(who("globex"), "triangles")
    del gateway.datasets[("globex", "triangles")]
    with pytest.raises(DatasetNotFound):
        load_dataset(who("globex"), "triangles")
    gateway.put_frame("globex", "triangles", frame(1))
    load_dataset(who("globex"), "triangles")
    assert statuses(gateway) == [200, 404, 200]


def test_says_that_the_gateway_is_silent_with_its_request_id(gateway, who):
    identity = who("globex")
    gateway.failing = True
    with pytest.raises(DataUnavailable) as error:
        load_dataset(identity, "triangles")
    assert error.value.request_id == "stub-request"


def test_says_that_nobody_listens(who, monkeypatch):
    identity = who("globex")
    monkeypatch.setenv("DASHGATE_INTERNAL_URL", "http://127.0.0.1:9")
    with pytest.raises(DataUnavailable):
        load_dataset(identity, "triangles")


def test_says_that_a_file_is_no_parquet(gateway, who):
    gateway.datasets[("globex", "triangles")] = b"not a Parquet file"
    with pytest.raises(DataUnavailable):
        load_dataset(who("globex"), "triangles")


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/b", "a\\b", "a.", "a b", "a?b#c", "a\0", "a\n", "ä", "٣", "a" * 101],
)
def test_asks_for_nothing_under_what_is_no_name(gateway, who, name):
    identity = who("globex")
    asked = len(gateway.requests)
    with pytest.raises(DatasetNotFound):
        load_dataset(identity, name)
    assert len(gateway.requests) == asked


def test_a_name_is_one_segment_of_a_path():
    assert segment("../a?b#c") == "%2E%2E%2Fa%3Fb%23c"


@contextmanager
def answering(head, body):
    """A server that sends these bytes to whoever comes first, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(head.encode() + b"\r\n\r\n" + body)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize(
    "head",
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 1000000",
        "HTTP/1.1 200 OK\r\nConnection: close",
        "HTTP/1.0 200 OK",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked",
    ],
    ids=["with a length", "without one", "in an older way", "in chunks"],
)
def test_half_a_file_is_never_taken_for_a_whole(gateway, who, monkeypatch, head):
    # Even where the half could be read as a file of its own.
    gateway.put_frame("globex", "triangles", frame(1))
    whole = gateway.datasets[("globex", "triangles")]
    body = f"{len(whole):x}\r\n".encode() + whole + b"\r\n" if "chunked" in head else whole
    identity = who("globex")
    cache = FrameCache()
    with answering(head, body) as url:
        monkeypatch.setenv("DASHGATE_INTERNAL_URL", url)
        with pytest.raises(DataUnavailable):
            load_dataset(identity, "triangles", cache)
    assert cache.get("globex", "triangles") is None


def test_the_longest_unused_frame_goes_first():
    size = int(frame(1).memory_usage(deep=True).sum())
    cache = FrameCache(max_bytes=2 * size)
    cache.put("acme-corp", "a", "1", frame(1))
    cache.put("globex", "b", "1", frame(2))
    cache.get("acme-corp", "a")
    cache.put("initech", "c", "1", frame(3))
    assert cache.get("globex", "b") is None
    assert cache.get("acme-corp", "a") is not None
    assert cache.get("acme-corp", "c") is None


def test_a_frame_that_is_too_large_is_not_kept():
    cache = FrameCache(max_bytes=10)
    cache.put("globex", "triangles", "1", frame(1, 2, 3))
    assert cache.get("globex", "triangles") is None


def test_many_threads_of_two_tenants_never_mix(gateway, who):
    gateway.put_frame("acme-corp", "triangles", frame(1))
    gateway.put_frame("globex", "triangles", frame(2))
    expected = {"acme-corp": 1, "globex": 2}
    wrong = []

    def load(tenant):
        for _ in range(10):
            found = load_dataset(who(tenant), "triangles")["paid"].tolist()
            if found != [expected[tenant]]:
                wrong.append((tenant, found))

    threads = [threading.Thread(target=load, args=(one,)) for one in [*expected] * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
