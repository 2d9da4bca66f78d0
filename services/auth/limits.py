"""How often something may be tried, for an account and from an address, counted in Redis; without Redis nobody may try."""

import hashlib

import redis

from services.chassis import errors

_WINDOW_SECONDS = 15 * 60
_ADDRESS_FACTOR = 10


class Limits:
    """Counts tries of one kind (`login`, `reset`) in windows of 15 minutes. Keys are hashes: no address of a person is kept in Redis.

    A try is counted before it is looked at, so that many at the same moment are not more than one after the other.
    """

    def __init__(self, client: redis.Redis, kind: str, attempts: int) -> None:
        self._client = client
        self._kind = kind
        self._attempts = attempts

    def count(self, account: str, address: str) -> None:
        """Raises ResourceExhausted / TOO_MANY_ATTEMPTS; Unavailable / LIMITS_UNAVAILABLE where nobody can count (it fails closed)."""
        by_account, by_address = self._keys(account, address)
        try:
            with self._client.pipeline(transaction=True) as pipeline:
                for key in (by_account, by_address):
                    pipeline.incr(key)
                    pipeline.expire(key, _WINDOW_SECONDS, nx=True)
                tries, _, from_address, _ = pipeline.execute()
        except redis.RedisError as problem:
            raise errors.Unavailable("LIMITS_UNAVAILABLE", "this is not possible at the moment; try again") from problem
        if tries > self._attempts or from_address > self._attempts * _ADDRESS_FACTOR:
            raise errors.ResourceExhausted("TOO_MANY_ATTEMPTS", "too many attempts; try again in 15 minutes")

    def succeeded(self, account: str, address: str) -> None:
        """Forgets the account's tries; of those from the address only this one, or one good account would wash it clean."""
        by_account, by_address = self._keys(account, address)
        try:
            with self._client.pipeline(transaction=True) as pipeline:
                pipeline.delete(by_account)
                pipeline.decr(by_address)
                pipeline.expire(by_address, _WINDOW_SECONDS, nx=True)  # where the window ended in between, this began another
                pipeline.execute()
        except redis.RedisError:
            return

    def _keys(self, account: str, address: str) -> tuple[str, str]:
        named = (("account", account.strip().lower()), ("address", address))
        of_account, of_address = (f"auth:{self._kind}:{what}:{hashlib.sha256(text.encode()).hexdigest()}" for what, text in named)
        return of_account, of_address
