"""Password hashes: argon2id with OWASP's parameters, and the same time spent for an account that is not there."""

import argon2

# OWASP Password Storage Cheat Sheet: argon2id, 19 MiB of memory, 2 passes, 1 lane.
_hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=argon2.Type.ID)
_NOBODY = _hasher.hash("the password of an account that is not there")


def make_hash(password: str) -> str:
    return _hasher.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether it is the right password; with no stored hash it works as long and says no."""
    try:
        return _hasher.verify(stored or _NOBODY, password) and stored is not None
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def outdated(stored: str | None) -> bool:
    """Whether the parameters have risen since it was made."""
    return stored is not None and _hasher.check_needs_rehash(stored)
