from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from dashgate.errors import KeysUnavailable, TokenRefused
from dashgate.key_set import FRESH_SECONDS, PAUSE_SECONDS, STALE_SECONDS, KeySet, key_set_of
from dashgate.tenant_token import verify_tenant_token
from jwt.utils import base64url_encode
from stub_gateway import ISSUER
from support import SLUG


def verify(gateway, token, dashboards=(SLUG,), issuer=ISSUER):
    return verify_tenant_token(token, key_set_of(gateway.url), dashboards, issuer)


def refused(gateway, token, **options):
    with pytest.raises(TokenRefused) as refusal:
        verify(gateway, token, **options)
    return refusal.value.code


def test_accepts_what_the_gateway_signed(gateway):
    identity = verify(gateway, gateway.token("globex", SLUG, role="admin"))
    assert (identity.tenant_id, identity.role, identity.dashboard) == ("globex", "admin", SLUG)
    assert identity.email == "viewer@globex.test"


def test_keeps_the_token_out_of_its_printed_form(gateway):
    token = gateway.token("globex", SLUG)
    assert token not in repr(verify(gateway, token))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another-audience"},
        {"aud": ["dashgate-internal", "another-audience"]},
        {"aud": None},
        {"iss": "https://elsewhere.test"},
        {"iss": None},
        {"dashboard": "reserve-variability"},
        {"dashboard": None},
        {"tenant_id": None},
        {"tenant_id": "../globex"},
        {"tenant_id": "GLOBEX"},
        {"tenant_id": "globex\n"},
        {"role": "owner"},
        {"sub": None},
        {"exp": None},
        {"exp": int(time.time()) + 3600},
        {"iat": int(time.time()) + 120},
        {"nbf": int(time.time()) + 120},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_refuses_claims_that_are_not_for_this_app(gateway, changes):
    assert refused(gateway, gateway.token("globex", SLUG, **changes)) == "tenant_token_invalid"


def test_refuses_an_expired_token_under_its_own_code(gateway):
    past = int(time.time()) - 60
    token = gateway.token("globex", SLUG, iat=past - 60, exp=past)
    assert refused(gateway, token) == "tenant_token_expired"


def test_refuses_alg_none(gateway):
    token = jwt.encode(gateway.claims("globex", SLUG), None, "none", {"kid": gateway.kid})
    assert refused(gateway, token) == "tenant_token_invalid"


@pytest.mark.parametrize("encoding", ["pem", "raw"])
def test_refuses_hs256_made_with_the_public_key(gateway, encoding):
    # The classic confusion: the attacker takes the published key for a shared secret.
    public = gateway.private_key.public_key()
    secret = {
        "pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "raw": public.public_bytes(Encoding.Raw, PublicFormat.Raw),
    }[encoding]
    parts = [{"alg": "HS256", "kid": gateway.kid}, gateway.claims("globex", SLUG)]
    signed = b".".join(base64url_encode(json.dumps(part).encode()) for part in parts)
    signature = base64url_encode(hmac.new(secret, signed, hashlib.sha256).digest())
    token = f"{signed.decode()}.{signature.decode()}"
    assert refused(gateway, token) == "tenant_token_invalid"


def test_refuses_another_signer_under_a_known_key_id(gateway):
    other = Ed25519PrivateKey.generate()
    token = jwt.encode(gateway.claims("globex", SLUG), other, "EdDSA", {"kid": gateway.kid})
    assert refused(gateway, token) == "tenant_token_invalid"


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "..", "é", "a" * 10000])
def test_refuses_what_is_no_token(gateway, token):
    assert refused(gateway, token) == "tenant_token_invalid"


def test_refuses_a_token_without_a_key_id(gateway):
    token = jwt.encode(gateway.claims("globex", SLUG), gateway.private_key, "EdDSA")
    assert refused(gateway, token) == "tenant_token_invalid"


def test_refuses_every_token_with_a_changed_character(gateway):
    token = gateway.token("globex", SLUG)
    for at in range(0, len(token) - 1, 7):
        forged = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        assert refused(gateway, forged) == "tenant_token_invalid"


class Clock:
    """A clock that moves when it is told to, and when somebody sleeps."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


class KeyServer:
    """Answers a key set and counts how often it is asked; raises what it is told to."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.asked = 0
        self.error = None

    def __call__(self):
        self.asked += 1
        if self.error:
            raise self.error
        return self.gateway.jwks()


def test_asks_for_the_keys_once(gateway):
    server = KeyServer(gateway)
    keys = KeySet(server, Clock())
    assert [keys.get("key-1") is not None for _ in range(5)] == [True] * 5
    assert server.asked == 1


def test_a_key_made_a_moment_ago_is_waited_for_and_not_refused(gateway):
    server, clock = KeyServer(gateway), Clock()
    keys = KeySet(server, clock, clock.sleep)
    keys.get("key-1")
    gateway.kid = "key-2"
    assert keys.get("key-2") is not None
    assert (server.asked, clock.now) == (2, 1000 + PAUSE_SECONDS)


def test_forged_keys_ask_the_gateway_no_more_than_once_a_pause(gateway):
    server, clock = KeyServer(gateway), Clock()
    keys = KeySet(server, clock, clock.sleep)
    begin = clock.now
    for forged in range(100):
        assert keys.get(f"forged-{forged}") is None
    assert server.asked <= (clock.now - begin) / PAUSE_SECONDS + 1


class CountingLock:
    """A lock that counts who has come to it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.arrivals = threading.Semaphore(0)

    def __enter__(self):
        self.arrivals.release()
        self.lock.acquire()

    def __exit__(self, *_):
        self.lock.release()


def test_all_who_wait_for_an_unknown_key_share_one_question(gateway):
    server, clock, go_on = KeyServer(gateway), Clock(), threading.Event()

    def sleep(seconds):
        assert go_on.wait(30)
        clock.sleep(seconds)

    keys = KeySet(server, clock, sleep)
    keys.get("key-1")
    keys._lock = lock = CountingLock()
    gateway.kid = "key-2"
    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(keys.get, "key-2") for _ in range(10)]
        answers += [pool.submit(keys.get, f"forged-{forged}") for forged in range(10)]
        assert all(lock.arrivals.acquire(timeout=30) for _ in answers)
        # Nobody who brings a known key waits behind them.
        assert keys.get("key-1") is not None
        go_on.set()
        found = [answer.result(timeout=30) is not None for answer in answers]
    assert found == [True] * 10 + [False] * 10
    assert server.asked == 2


def test_an_unknown_key_cannot_be_judged_while_the_gateway_does_not_answer(gateway):
    server, clock = KeyServer(gateway), Clock()
    keys = KeySet(server, clock, clock.sleep)
    keys.get("key-1")
    server.error = httpx2.ConnectError("refused")
    with pytest.raises(KeysUnavailable):
        keys.get("key-2")
    server.error = None
    gateway.kid = "key-2"
    assert keys.get("key-2") is not None


def test_a_known_key_waits_for_nothing_while_the_gateway_restarts(gateway):
    server, clock = KeyServer(gateway), Clock()
    keys = KeySet(server, clock, clock.sleep)
    keys.get("key-1")
    server.error = httpx2.ConnectError("refused")
    clock.now += FRESH_SECONDS
    before = clock.now
    assert [keys.get("key-1") is not None for _ in range(5)] == [True] * 5
    assert (server.asked, clock.now) == (2, before)


def test_a_withdrawn_key_is_forgotten(gateway):
    server, clock = KeyServer(gateway), Clock()
    keys = KeySet(server, clock)
    assert keys.get("key-1")
    gateway.kid = "key-2"
    clock.now += 301
    assert keys.get("key-1") is None


def test_lives_on_known_keys_while_the_gateway_restarts_but_not_for_ever(gateway):
    server, clock = KeyServer(gateway), Clock()
    keys = KeySet(server, clock)
    keys.get("key-1")
    server.error = httpx2.ConnectError("refused")
    clock.now += 600
    assert keys.get("key-1") is not None
    clock.now += STALE_SECONDS
    with pytest.raises(KeysUnavailable):
        keys.get("key-1")


def test_without_keys_nothing_can_be_judged(gateway):
    server = KeyServer(gateway)
    server.error = httpx2.ConnectError("refused")
    with pytest.raises(KeysUnavailable):
        KeySet(server, Clock()).get("key-1")
