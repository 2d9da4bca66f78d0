"""How often a sign-in may fail, for an account and from an address, counted in Redis; without Redis nobody signs in."""

import hashlib

import redis

from services.chassis import errors

_WINDOW_SECONDS = 15 * 60
_ADDRESS_FACTOR = 10


class LoginLimits:
    """Counts failures in windows of 15 minutes. Keys are hashes: no address of a person is kept in Redis."""

    def __init__(self, client: redis.Redis, attempts: int) -> None:
        self._client = client
        self._attempts = attempts

    def check(self, email: str, address: str) -> None:
        """Raises ResourceExhausted / TOO_MANY_ATTEMPTS; Unavailable / LIMITS_UNAVAILABLE where nobody can count (it fails closed)."""
        try:
            account, origin = self._client.mget(self._keys(email, address))
        except redis.RedisError as problem:
            raise errors.Unavailable("LIMITS_UNAVAILABLE", "signing in is not possible at the moment; try again") from problem
        if int(account or 0) >= self._attempts or int(origin or 0) >= self._attempts * _ADDRESS_FACTOR:
            raise errors.ResourceExhausted("TOO_MANY_ATTEMPTS", "too many failed sign-ins; try again in 15 minutes")

    def failed(self, email: str, address: str) -> None:
        try:
            with self._client.pipeline(transaction=True) as pipeline:
                for key in self._keys(email, address):
                    pipeline.incr(key)
                    pipeline.expire(key, _WINDOW_SECONDS, nx=True)
                pipeline.execute()
        except redis.RedisError as problem:
            raise errors.Unavailable("LIMITS_UNAVAILABLE", "signing in is not possible at the moment; try again") from problem

    def succeeded(self, email: str, address: str) -> None:
        """Forgets the account's failures; those from the address stay, or one good account would wash it clean."""
        try:
            self._client.delete(self._keys(email, address)[0])
        except redis.RedisError:
            return

    @staticmethod
    def _keys(email: str, address: str) -> list[str]:
        return [
            f"auth:login:{kind}:{hashlib.sha256(text.encode()).hexdigest()}"
            for kind, text in (("account", email.strip().lower()), ("address", address))
        ]
