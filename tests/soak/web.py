"""The web of a simulated month: each place answers, or fails, as its night wants it."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from config.settings import (
    ArxivSettings,
    FeedSettings,
    GithubSearchSettings,
    ListSettings,
    Settings,
    TrendingSettings,
)
from tests.loopback import Answer, Asked, LoopbackServer
from tests.soak.pages import RELAUNCHED, arxiv_answer, page, search_answer, selector
from tests.soak.truth import Place, when

HOOK = "https://hooks.example/hook"
_HOUR = 3600
_APIS = ("arxiv", "search")
_JSON = {"Content-Type": "application/json; charset=utf-8"}
_PERMANENT = (301, 308)


class Web(LoopbackServer):
    """The places on one server. `night` is set before each run, and `over` called after it."""

    def __init__(self, places: Sequence[Place]) -> None:
        super().__init__()
        self.night = 0
        self.told: list[dict[str, Any]] = []
        """The bodies that the webhook got."""
        self._places = places
        self._requests: Counter[tuple[int, str]] = Counter()
        self._gate = threading.Event()
        self._nobody = socket.socket()
        self._nobody.bind(("127.0.0.1", 0))  # and never listens
        self.route(HOOK, self._hear)
        for number, place in enumerate(places):
            if place.form not in _APIS:
                self.route(address(place), self._answering(place, number))
                self.route(_new_address(place), self._moved_to(place))

    def over(self) -> None:
        """Let go of the requests that hang."""
        self._gate.set()
        self._gate = threading.Event()
        self.asked.clear()

    def close(self) -> None:
        """Give back the port of those that refuse."""
        self._nobody.close()

    def settings(self, base: Settings, night: int) -> Settings:
        """The configuration of a night, with who refuses led to where nobody listens."""
        mirrors = dict(self.mirrors)
        for place in self._places:
            if place.trouble == "refused" and place.troubled(night):
                port = self._nobody.getsockname()[1]
                mirrors[f"https://{place.key}.example/"] = f"http://127.0.0.1:{port}/"
        sources = [_configured(p, night) for p in self._places if p.configured(night)]
        network = base.network.model_copy(update={"mirrors": mirrors})
        return base.model_copy(update={"sources": tuple(sources), "network": network})

    def answer(self, asked: Asked) -> Answer:
        """Answer the queries of the APIs by the place that their words name, else by the routes."""
        named = [p for p in self._places if p.form in _APIS and f"%3A{p.key}&" in f"{asked.path}&"]
        for place in named:
            self._requests[self.night, place.name] += 1
            if failure := self._failure(place, self._requests[self.night, place.name]):
                return failure
            if place.form == "search":
                return Answer(body=search_answer(place, self.night), headers=_JSON)
            return Answer(body=arxiv_answer(place, self.night, asked.path))
        return super().answer(asked)

    def _hear(self, asked: Asked) -> Answer:
        self.told.append(json.loads(asked.body))
        return Answer(body=b"ok")

    def _answering(self, place: Place, number: int) -> Callable[[Asked], Answer]:
        def answer(_: Asked) -> Answer:
            self._requests[self.night, place.name] += 1
            if failure := self._failure(place, self._requests[self.night, place.name]):
                return failure
            if place.trouble == "moved" and self.night >= place.begins:
                if self.night >= place.ends:
                    return Answer(status=404)
                status = _PERMANENT[number % len(_PERMANENT)]
                return Answer(status=status, headers={"Location": _new_address(place)})
            return self._page(place, known_by_tag=number % 2 == 0)

        return answer

    def _moved_to(self, place: Place) -> Callable[[Asked], Answer]:
        return lambda _: self._page(place, known_by_tag=True)

    def _page(self, place: Place, *, known_by_tag: bool) -> Answer:
        body = page(place, self.night)
        headers = {"ETag": f'"{hash(body):x}"'} if known_by_tag else {}
        return Answer(body=body, headers=headers)

    def _failure(self, place: Place, request: int) -> Answer | None:
        if not place.troubled(self.night):
            return None
        first_night = self.night == place.begins
        match place.trouble:
            case "503" | "rolled":
                return Answer(status=503)
            case "hang":
                return Answer(gate=self._gate)
            case "gone" | "retired":
                return Answer(status=410)
            case "limited" if place.form == "search":
                reset = int(when(self.night).timestamp()) + _HOUR
                left = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
                said = b'{"message": "API rate limit exceeded for 127.0.0.1."}'
                return Answer(status=403, body=said, headers={**_JSON, **left})
            case "limited":
                return Answer(status=429, headers={"Retry-After": str(_HOUR)})
            case "patience" if first_night:
                return Answer(status=429, headers={"Retry-After": str(47 * _HOUR)})
            case "blip" if request == 1:
                status = 503 if self.night % 2 else 429
                return Answer(status=status, headers={"Retry-After": "0"})
            case "relaunch" if place.form != "list":
                return Answer(body=RELAUNCHED)
        return None


def address(place: Place) -> str:
    """Where the configuration says that the place is."""
    if place.form == "trending":
        return f"https://github.com/trending/{place.key}?since=daily"
    return f"https://{place.key}.example/page"


def _new_address(place: Place) -> str:
    return f"https://new-{place.key}.example/page"


def _configured(
    place: Place, night: int
) -> FeedSettings | ListSettings | TrendingSettings | ArxivSettings | GithubSearchSettings:
    match place.form:
        case "trending":
            return TrendingSettings(kind="trending", name=place.name, language=place.key)
        case "arxiv":
            return ArxivSettings(kind="arxiv", name=place.name, query=f"all:{place.key}")
        case "search":
            return GithubSearchSettings(
                kind="github_search", name=place.name, query=f"topic:{place.key}"
            )
        case "list":
            return ListSettings(
                kind="list",
                name=place.name,
                url=address(place),
                item=selector(place, night),
                date="time",
            )
        case _:
            return FeedSettings(kind="feed", name=place.name, url=address(place))
