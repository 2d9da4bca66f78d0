"""The RPCs of models: text and vectors from the first provider that answers, and what they cost."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID

import grpc
from google.protobuf import json_format

from einstellen.inference.v1 import inference_pb2, inference_pb2_grpc
from services.chassis import calls, errors, paging
from services.chassis.calls import Scope
from services.chassis.clock import Clock, utc_now
from services.chassis.database import Database
from services.inference import prompts, rules, store
from services.inference.fallback import Fallback, Pieces
from services.inference.prompts import Schema
from services.inference.providers.protocol import Embedder, Failure, Kind, Prompt, Provider, Speaker, Tokens, Vectors, Writer
from services.inference.tables import UsageDay

Context = grpc.ServicerContext
Listens = Callable[[], bool]
_Request = inference_pb2.GenerateRequest | inference_pb2.EmbedRequest


class InferenceService(inference_pb2_grpc.InferenceServiceServicer):
    """See inference.proto."""

    def __init__(
        self,
        database: Database,
        writers: Fallback[Writer],
        embedders: Fallback[Embedder],
        speakers: Fallback[Speaker],
        transcriber: Provider | None,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._writers = writers
        self._embedders = embedders
        self._speakers = speakers
        self._transcriber = transcriber
        self._clock = clock

    def Generate(self, request: inference_pb2.GenerateRequest, context: Context) -> Iterator[inference_pb2.GenerateResponse]:
        until = once_only(context)
        schema = Schema(prompts.plain(json_format.MessageToDict(request.json_schema))) if request.json_schema.fields else None
        materials = [(material.name, material.text) for material in request.materials]
        prompt = prompts.compose(
            request.instruction, materials, schema.document if schema else None, request.max_tokens or rules.DEFAULT_TOKENS
        )
        if schema is None:
            yield from self._stream(request, prompt, until, context.is_active)
        else:
            yield from self._fit(request, prompt, schema, until, context.is_active)

    def Embed(self, request: inference_pb2.EmbedRequest, context: Context) -> inference_pb2.EmbedResponse:
        until = once_only(context)
        texts = list(request.texts)

        def ask(embedder: Embedder, limit: float) -> Vectors:
            pieces = Pieces((embedder.embed(texts, limit - time.monotonic()) for _ in range(1)), context.is_active)
            vectors = pieces.next(limit)
            assert vectors is not None, "an embedder answers once"
            return vectors

        embedder, vectors = self._embedders.first(ask, until)
        self._count(request, embedder, vectors.tokens)
        return inference_pb2.EmbedResponse(
            vectors=[inference_pb2.Vector(values=values) for values in vectors.values], usage=to_usage(embedder, vectors.tokens)
        )

    def ListProviders(self, request: inference_pb2.ListProvidersRequest, context: Context) -> inference_pb2.ListProvidersResponse:
        states: list[tuple[str, tuple[Provider, bool]]] = [("generate", state) for state in self._writers.states()]
        states += [("embed", state) for state in self._embedders.states()]
        states += [("transcribe", (self._transcriber, True))] if self._transcriber else []
        states += [("speak", state) for state in self._speakers.states()]
        return inference_pb2.ListProvidersResponse(
            providers=[
                inference_pb2.Provider(name=provider.name, model=provider.model, ability=ability, available=available)
                for ability, (provider, available) in states
            ]
        )

    def ListUsage(self, request: inference_pb2.ListUsageRequest, context: Context) -> inference_pb2.ListUsageResponse:
        person = calls.person()
        page = paging.read(request, datetime, str, str)
        with self._database.begin(person) as connection:
            rows, following = page.cut(
                store.list_usage(connection, person.tenant_id, page),
                lambda row: (datetime(row.day.year, row.day.month, row.day.day, tzinfo=UTC), row.purpose, row.provider),
            )
        return inference_pb2.ListUsageResponse(days=[to_day(row) for row in rows], next_page_token=following)

    def _stream(
        self, request: inference_pb2.GenerateRequest, prompt: Prompt, until: float, listens: Listens
    ) -> Iterator[inference_pb2.GenerateResponse]:
        """Plain text, passed on as it comes. Once a piece has been sent no other provider can go on with it, so what breaks off then ends the call."""

        def ask(writer: Writer, limit: float) -> tuple[Pieces[str | Tokens], str | Tokens | None]:
            pieces = Pieces(writer.write(prompt, until - time.monotonic()), listens)
            try:
                return pieces, pieces.next(limit)
            except BaseException:
                pieces.drop()
                raise

        writer, (pieces, piece) = self._writers.first(ask, until)
        written, tokens = 0, None
        try:
            while piece is not None:
                if isinstance(piece, Tokens):
                    tokens = piece
                else:
                    written += len(piece)
                    yield inference_pb2.GenerateResponse(text=piece)
                piece = pieces.next(until)
        except Failure as failure:
            self._writers.failed(writer, failure)
            if failure.kind is Kind.TOO_SLOW:
                raise rules.too_slow() from None
            raise errors.Unavailable("PROVIDERS_FAILED", "the provider's answer broke off; what was sent is not whole") from None
        finally:
            # Also where the caller went away or the answer broke off: what was written has been paid for.
            pieces.drop()
            tokens = tokens or _estimate(prompt, written)
            self._count(request, writer, tokens)
        yield inference_pb2.GenerateResponse(usage=to_usage(writer, tokens))

    def _fit(
        self, request: inference_pb2.GenerateRequest, prompt: Prompt, schema: Schema, until: float, listens: Listens
    ) -> Iterator[inference_pb2.GenerateResponse]:
        """One JSON value. A provider whose answer does not fit is told what is wrong with it and asked once more, before the next one is."""

        def ask(writer: Writer, limit: float) -> tuple[str, Tokens]:
            told = prompt
            for _ in range(2):
                answer, tokens = _whole(Pieces(writer.write(told, until - time.monotonic()), listens), limit, until)
                tokens = tokens or _estimate(told, len(answer))
                self._count(request, writer, tokens)
                text, problem = schema.read(answer)
                if not problem:
                    return text, tokens
                told = prompts.again(prompt, answer, problem)
            raise Failure(Kind.UNFIT)

        writer, (text, tokens) = self._writers.first(ask, until)
        yield inference_pb2.GenerateResponse(text=text)
        yield inference_pb2.GenerateResponse(usage=to_usage(writer, tokens))

    def _count(self, request: _Request, provider: Provider, tokens: Tokens) -> None:
        """Adds one answer to the organization's usage, also one that was of no use: it has been paid for."""
        tenant_id = UUID(request.tenant_id)
        used = UsageDay(tenant_id, self._clock().date(), request.purpose, provider.name, tokens.prompt, tokens.completion, requests=1)
        with self._database.begin(Scope(tenant_id=tenant_id)) as connection:
            store.add_usage(connection, used)


def once_only(context: Context) -> float:
    """The moment (monotonic) until which the caller waits.

    Tells gRPC's client not to repeat the call by itself: it would be paid for again, and retries are decided here.
    """
    context.set_trailing_metadata((("grpc-retry-pushback-ms", "-1"),))
    return time.monotonic() + rules.time_for_all(context.time_remaining())


def _whole(pieces: Pieces[str | Tokens], limit: float, until: float) -> tuple[str, Tokens | None]:
    """All that a provider writes. Its first word is due by `limit`; then it may write until the caller's time is over.

    Falling silent for as long as it had for its first word counts as too slow.
    """
    patience = limit - time.monotonic()
    text, tokens = [], None
    try:
        while (piece := pieces.next(limit)) is not None:
            if isinstance(piece, Tokens):
                tokens = piece
            else:
                text.append(piece)
            limit = min(until, time.monotonic() + patience)
    finally:
        pieces.drop()
    return "".join(text), tokens


def _estimate(prompt: Prompt, written: int) -> Tokens:
    read = len(prompt.system) + sum(len(turn.text) for turn in prompt.turns)
    return Tokens(rules.estimate_tokens(read), rules.estimate_tokens(written))


def to_usage(provider: Provider, tokens: Tokens) -> inference_pb2.Usage:
    return inference_pb2.Usage(
        provider=provider.name, model=provider.model, prompt_tokens=tokens.prompt, completion_tokens=tokens.completion
    )


def to_day(row: UsageDay) -> inference_pb2.UsageDay:
    return inference_pb2.UsageDay(
        day=row.day.isoformat(), purpose=row.purpose, provider=row.provider, prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens, requests=row.requests, audio_seconds=row.audio_milliseconds / 1000,
    )  # fmt: skip
