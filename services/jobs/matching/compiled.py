"""How the loops of matching are compiled: by numba, without Python's lock, so that searches, changes and merges run beside each other."""

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Any:
    """Compiled at the first call, or read from the cache that an earlier process left: beside the file, or where NUMBA_CACHE_DIR says."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder that may be written to: compiled by each process anew
        return numba.njit(nogil=True)(function)
