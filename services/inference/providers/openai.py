"""OpenAI, Azure OpenAI, Gemini, and every server that speaks OpenAI's API, through the official SDK."""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from services.inference.providers.protocol import SPOKEN_RATE, Failure, Kind, Prompt, Speaker, Tokens, Vectors, Writer
from services.inference.settings import Settings

if TYPE_CHECKING:
    import openai

_CONNECT_SECONDS = 5.0
_LONGEST_ANSWER = 400_000  # characters; more than any max_tokens allows
_LONGEST_SPEECH = 120 * 2 * SPOKEN_RATE  # bytes; no sentence takes two minutes
_NO_KEY = "none"  # servers of one's own often want none, and the SDK wants one


@dataclass(frozen=True)
class Endpoint:
    """Where a provider is, and how it differs from the others."""

    name: str
    model: str
    base_url: str
    key: SecretStr
    azure_version: str = ""
    # OpenAI's own newer models refuse `max_tokens`; many servers beside it know no other name.
    limit: str = "max_tokens"


class Client:
    """The SDK's client for one endpoint, made when first used: importing the SDK takes half a second."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._lock = threading.Lock()
        self._client: openai.OpenAI | None = None

    def get(self) -> "openai.OpenAI":
        with self._lock:
            if self._client is None:
                import openai  # noqa: PLC0415

                # They log each request's address, which is ours to keep.
                for noisy in ("openai", "httpx", "httpx2", "httpcore", "httpcore2"):
                    logging.getLogger(noisy).setLevel(logging.WARNING)
                key, at = self.endpoint.key.get_secret_value() or _NO_KEY, self.endpoint
                # Retries are the service's to decide: it has a budget for them.
                if at.azure_version:
                    self._client = openai.AzureOpenAI(
                        api_key=key, azure_endpoint=at.base_url, azure_deployment=at.model, api_version=at.azure_version, max_retries=0
                    )
                else:
                    self._client = openai.OpenAI(api_key=key, base_url=at.base_url, max_retries=0)
            return self._client


class ChatWriter:
    """Writes by the chat completions API, streamed."""

    def __init__(self, client: Client) -> None:
        self.name = client.endpoint.name
        self.model = client.endpoint.model
        self._client = client
        self._takes_schema = True

    def write(self, prompt: Prompt, seconds: float) -> Iterator[str | Tokens]:
        try:
            yield from self._write(prompt, seconds)
        except Exception as problem:  # noqa: BLE001 - whatever the SDK raises may quote the key, the address or the prompt
            raise _failure(problem) from None

    def _write(self, prompt: Prompt, seconds: float) -> Iterator[str | Tokens]:
        finished, written, tokens = "", 0, None
        with self._ask(prompt, seconds) as stream:
            for chunk in stream:
                if chunk.usage is not None:
                    tokens = Tokens(chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
                for choice in (chunk.choices or [])[:1]:
                    if choice.delta.content:
                        # A lone half of a surrogate pair is no text, and protobuf takes none.
                        yield choice.delta.content.encode("utf-8", "replace").decode()
                        written += len(choice.delta.content)
                    finished = choice.finish_reason or finished
                if written > _LONGEST_ANSWER:
                    raise Failure(Kind.BROKEN)
        if finished == "content_filter":
            raise Failure(Kind.REFUSED)
        if not finished or not written:
            raise Failure(Kind.BROKEN)  # cut off, which a closed connection does not tell by itself
        if tokens is not None:
            yield tokens

    def _ask(self, prompt: Prompt, seconds: float) -> "openai.Stream[Any]":
        import openai  # noqa: PLC0415

        try:
            return self._create(prompt, seconds, with_schema=prompt.schema is not None and self._takes_schema)
        except (openai.BadRequestError, openai.UnprocessableEntityError) as problem:
            if prompt.schema is None or not self._takes_schema or "response_format" not in str(problem):
                raise
            self._takes_schema = False  # the schema is in the instruction as well, and the answer is checked
            return self._create(prompt, seconds, with_schema=False)

    def _create(self, prompt: Prompt, seconds: float, *, with_schema: bool) -> "openai.Stream[Any]":
        options: dict[str, Any] = {self._client.endpoint.limit: prompt.max_tokens}
        if with_schema:
            # Not strict: that form takes a part of JSON schema only.
            options["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": prompt.schema, "strict": False},
            }
        messages = [{"role": "system", "content": prompt.system}, *({"role": turn.role, "content": turn.text} for turn in prompt.turns)]
        stream: openai.Stream[Any] = self._client.get().chat.completions.create(
            model=self.model, messages=messages, stream=True, stream_options={"include_usage": True}, timeout=seconds, **options
        )  # type: ignore[call-overload]
        return stream


class RemoteEmbedder:
    """Makes vectors by the embeddings API."""

    def __init__(self, client: Client, model: str) -> None:
        self.name = client.endpoint.name
        self.model = model
        self._client = client

    def embed(self, texts: Sequence[str], seconds: float) -> Vectors:
        try:
            answer = self._client.get().embeddings.create(model=self.model, input=list(texts), encoding_format="float", timeout=seconds)
            ordered = [item.embedding for item in sorted(answer.data, key=lambda item: item.index)]
            if len(ordered) != len(texts) or len({len(values) for values in ordered}) != 1:
                raise Failure(Kind.BROKEN)  # noqa: TRY301
            return Vectors([_normalised(values) for values in ordered], Tokens(answer.usage.prompt_tokens, 0))
        except Exception as problem:  # noqa: BLE001 - as above
            raise _failure(problem) from None


class RemoteSpeaker:
    """Speaks by the speech API, streamed as samples."""

    def __init__(self, client: Client, model: str, voice: str) -> None:
        self.name = client.endpoint.name
        self.model = model
        self._client = client
        self._voice = voice

    def speaks(self, language: str) -> bool:
        return True  # such models take the language from the text, and have no way to say which they know

    def say(self, sentence: str, voice: str, seconds: float) -> Iterator[bytes]:
        try:
            speech = self._client.get().audio.speech.with_streaming_response
            with speech.create(
                model=self.model, voice=voice or self._voice, input=sentence, response_format="pcm", timeout=seconds
            ) as answer:
                left, said = b"", 0
                for piece in answer.iter_bytes():
                    samples = left + piece
                    whole = len(samples) // 2 * 2
                    left, said = samples[whole:], said + whole
                    if said > _LONGEST_SPEECH:
                        raise Failure(Kind.BROKEN)  # noqa: TRY301
                    yield samples[:whole]
            if left or not said:
                raise Failure(Kind.BROKEN)  # noqa: TRY301 - cut within a sample, or no sound at all
        except Exception as problem:  # noqa: BLE001 - as above
            raise _failure(problem) from None


def writers(settings: Settings) -> list[Writer]:
    """Those that are configured, in the order in which they are asked."""
    found: dict[str, Endpoint] = {}
    if settings.openai_api_key.get_secret_value() or settings.openai_base_url:
        found["openai"] = _openai(settings)
    if settings.azure_endpoint and settings.azure_api_key.get_secret_value():
        resource, deployment, version = settings.azure
        found["azure"] = Endpoint("azure", deployment, resource, settings.azure_api_key, version, limit="max_completion_tokens")
    if settings.gemini_api_key.get_secret_value():
        found["gemini"] = Endpoint("gemini", settings.gemini_model, settings.gemini_base_url, settings.gemini_api_key)
    return [ChatWriter(Client(found[name])) for name in dict.fromkeys(settings.providers) if name in found]


def embedder(settings: Settings) -> RemoteEmbedder | None:
    """The one that is configured, if any."""
    if not settings.openai_embedding_model:
        return None
    return RemoteEmbedder(Client(_openai(settings)), settings.openai_embedding_model)


def speakers(settings: Settings) -> list[Speaker]:
    """The one that is configured, if any."""
    if not settings.openai_speech_model:
        return []
    return [RemoteSpeaker(Client(_openai(settings)), settings.openai_speech_model, settings.openai_speech_voice)]


def _openai(settings: Settings) -> Endpoint:
    own = bool(settings.openai_base_url)
    return Endpoint(
        "openai", settings.openai_model, settings.openai_base_url or "https://api.openai.com/v1", settings.openai_api_key,
        limit="max_tokens" if own else "max_completion_tokens",
    )  # fmt: skip


def _failure(problem: Exception) -> Failure:
    import openai  # noqa: PLC0415

    if isinstance(problem, Failure):
        return problem
    # While a stream is read the timeout is that of the SDK's HTTP client, whose package has changed its name before.
    if isinstance(problem, openai.APITimeoutError) or "Timeout" in type(problem).__name__:
        return Failure(Kind.TOO_SLOW)
    if not isinstance(problem, openai.APIStatusError):
        return Failure(Kind.BROKEN)
    status, told = problem.status_code, f"{problem.code or ''} {problem.message}".lower()
    if status == 429:
        return Failure(Kind.BUSY, status)
    if status in (401, 403, 404):
        return Failure(Kind.DENIED, status)
    if status == 413 or "context_length" in told or "context length" in told or "maximum context" in told:
        return Failure(Kind.TOO_LONG, status)
    return Failure(Kind.REFUSED if 400 <= status < 500 and status != 408 else Kind.BROKEN, status)


def _normalised(values: Sequence[float]) -> list[float]:
    length = sum(value * value for value in values) ** 0.5 or 1.0
    return [value / length for value in values]
