"""The keys that access tokens are signed with: made once, encrypted at rest, published as a JSON Web Key Set."""

import threading
import time
from datetime import timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt.algorithms import ECAlgorithm, OKPAlgorithm

from services.auth import sealing
from services.auth.store import keys as store
from services.chassis import calls, ids, tokens
from services.chassis.clock import Clock
from services.chassis.database import Database

_REREAD_SECONDS = 30.0
# A new key is published this long before it signs: whoever verifies may hold the set for five minutes, and each process of ours for 30 seconds.
_ANNOUNCED = timedelta(minutes=6)


class SigningKeys:
    """Signs with the oldest key that is not retired yet, and publishes all whose tokens may still be about, or are going to be.

    Several processes share the keys through the database.
    """

    def __init__(self, database: Database, secret: str, algorithm: str, access_seconds: int, clock: Clock) -> None:
        self._box = sealing.box(secret, "signing keys")
        self._database = database
        self._algorithm = algorithm
        self._kept = timedelta(seconds=access_seconds * 2)
        self._clock = clock
        self._lock = threading.Lock()
        self._read_at = -_REREAD_SECONDS
        self._signing: tuple[str, str, Any] | None = None
        self._public: list[dict[str, Any]] = []

    def sign(self, claims: dict[str, object]) -> str:
        key_id, algorithm, key = self._current()
        return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": key_id, "typ": tokens.TYPE})

    def public(self) -> dict[str, Any]:
        """The JSON Web Key Set (RFC 7517)."""
        self._current()
        return {"keys": self._public}

    def rotate(self) -> str:
        """Publishes a new key, and signs with it once all who verify have fetched it. Tokens of the old one stay good until they expire. Returns the new id."""
        with self._database.begin(calls.SYSTEM) as connection:
            store.lock_signing_keys(connection)
            store.retire_signing_keys(connection, self._clock() + _ANNOUNCED)
            key_id = self._make(connection)
        self._read_at = -_REREAD_SECONDS
        return key_id

    def _current(self) -> tuple[str, str, Any]:
        with self._lock:
            if self._signing is None or time.monotonic() - self._read_at > _REREAD_SECONDS:
                with self._database.begin(calls.SYSTEM) as connection:
                    rows = store.list_signing_keys(connection, retired_after=self._clock() - self._kept)
                    if not any(row.retired_at is None for row in rows):
                        store.lock_signing_keys(connection)
                        rows = store.list_signing_keys(connection, retired_after=self._clock() - self._kept)
                        if not any(row.retired_at is None for row in rows):
                            self._make(connection)
                            rows = store.list_signing_keys(connection, retired_after=self._clock() - self._kept)
                now = self._clock()
                current = [row for row in rows if row.retired_at is None or row.retired_at > now][-1]
                self._signing = (
                    current.key_id,
                    current.algorithm,
                    load_pem_private_key(self._box.decrypt(bytes(current.private_key)), None),
                )
                self._public = [row.public_key for row in rows]
                self._read_at = time.monotonic()
            return self._signing

    def _make(self, connection: Any) -> str:
        key_id = str(ids.mint())
        key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
        if self._algorithm == "ES256":
            key = ec.generate_private_key(ec.SECP256R1())
            public = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        else:
            key = ed25519.Ed25519PrivateKey.generate()
            public = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
        public |= {"kid": key_id, "use": "sig", "alg": self._algorithm}
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        store.add_signing_key(connection, key_id, self._algorithm, self._box.encrypt(pem), public, self._clock())
        return key_id
