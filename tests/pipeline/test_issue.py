"""The draft: accepted first, then the best, and a few that taste is tried on."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import TypeAdapter

from config.load import SHIPPED, load_settings
from pipeline.cli.deciding import entry_json
from pipeline.cli.tables import reasons
from pipeline.desk import Editor, decide
from pipeline.export import issue_text
from pipeline.issue import assemble
from pipeline.period import period_of
from pipeline.queue import Queue
from pipeline.stages import take_in
from pipeline.taste.model import TasteModel
from pipeline.waterfall import waterfall
from store.database import Store
from store.items import save_items
from store.models import RawItem, SourceName, Verdict
from store.runs import start_run
from store.scores import load_ranking
from store.taste import StoredTaste, load_documents_of, save_taste

SETTINGS = load_settings(SHIPPED, environment=False)
NOW = datetime(2026, 3, 2, tzinfo=UTC)
PERIOD_START = NOW - timedelta(days=60)
SECTION = next(section for section in SETTINGS.sections if "paper" in section.kinds)
EDITOR = Editor(name="甲", now=NOW)
STRANGE = SECTION.quota + 3
SUBJECTS = (
    "birds", "rivers", "stamps", "poems", "traffic", "music", "galaxies", "proteins", "bread",
    "glaciers", "bicycles", "whales", "mosaics", "tides", "violins", "orchids", "caves", "kites",
)  # fmt: skip


def paper(number):
    """The higher the number, the older; one has words that no other has."""
    title = f"Quantization of neural networks for {SUBJECTS[number]}"
    if number == STRANGE:
        title = "Quantization of neural networks for cryogenic sonar by phonons"
    return RawItem(
        source=SourceName("arXiv"),
        external_id=f"2602.{number:05}",
        url=f"https://arxiv.org/abs/2602.{number:05}",
        title=title,
        published=NOW - timedelta(hours=number),
    )


@pytest.fixture
def store(tmp_path):
    """A stream of papers, and a taste that knows every word but those of the strange one."""
    with Store(tmp_path / "b.db") as store:
        items = [paper(n) for n in range(len(SUBJECTS))]
        save_items(store, start_run(store, "test", NOW), None, items, NOW)
        take_in(store, SETTINGS, period_of(store, SETTINGS, NOW))
        ids = ranked(store)
        documents = load_documents_of(store, [ids[n] for n in range(len(ids)) if n != STRANGE])
        known = {token for tokens in documents.values() for token in tokens.split("\n")}
        model = TasteModel(points=dict.fromkeys(sorted(known), 0.01), slope=1.0, intercept=0.0)
        taste = StoredTaste(
            section=SECTION.name,
            version=1,
            trained_at=NOW,
            used=True,
            verdict="学到的",
            examples="",
            model=TypeAdapter(TasteModel).dump_json(model).decode(),
        )
        save_taste(store, [taste])
        yield store


def ranked(store):
    return [story for story, _ in load_ranking(store, PERIOD_START, section=SECTION.name)]


def assembled(store, **weights):
    scores = SETTINGS.score.model_copy(update={"variety": 0.0, **weights})
    settings = SETTINGS.model_copy(update={"score": scores})
    queue = Queue(store=store, settings=settings, period=period_of(store, SETTINGS, NOW))
    return assemble(queue)


def stories(draft):
    return [one.story for one in draft.printed]


def test_a_place_goes_to_what_taste_knows_least(store):
    ids = ranked(store)
    draft = assembled(store)
    assert stories(draft) == [*ids[: SECTION.quota - 1], ids[STRANGE]]
    [(story, why)] = draft.explored.items()
    assert story == ids[STRANGE]
    assert why == "探索：口味没见过cryogenic、sonar、phonons"
    assert draft.proposed == SECTION.quota


def test_the_setting_turns_it_off(store):
    draft = assembled(store, explore=0)
    assert stories(draft) == ranked(store)[: SECTION.quota]
    assert draft.explored == {}


def test_without_a_model_nothing_is_tried(store):
    store.db.execute("DELETE FROM taste")
    draft = assembled(store)
    assert stories(draft) == ranked(store)[: SECTION.quota]
    assert draft.explored == {}


def test_what_was_accepted_is_never_displaced(store):
    ids = ranked(store)
    period = period_of(store, SETTINGS, NOW)
    worst = ids[::-1][: SECTION.quota - 2]
    decide(store, SETTINGS, period, worst, Verdict.ACCEPT, EDITOR)
    draft = assembled(store, explore=9)
    assert set(worst) < set(stories(draft))
    assert len(stories(draft)) == SECTION.quota
    assert list(draft.explored) == [ids[STRANGE]], "half of the two places that are left"
    decide(store, SETTINGS, period, ids[:1], Verdict.ACCEPT, EDITOR)
    assert assembled(store, explore=9).explored == {}, "the last place is no place to try"


def test_it_is_marked_for_the_editor_and_not_in_print(store):
    draft = assembled(store)
    text = issue_text(draft.issue, SETTINGS, SHIPPED)
    assert "cryogenic" in text
    assert "探索" not in text
    ids = ranked(store)
    period = period_of(store, SETTINGS, NOW)
    settings = SETTINGS.model_copy(
        update={"score": SETTINGS.score.model_copy(update={"variety": 0.0})}
    )
    told = waterfall(store, settings, period, ids[STRANGE])
    assert told.explored == draft.explored[ids[STRANGE]]
    assert waterfall(store, settings, period, ids[0]).explored is None


def test_the_queue_shows_the_mark(store):
    ids = ranked(store)
    queue = Queue(store=store, settings=SETTINGS, period=period_of(store, SETTINGS, NOW))
    [entry] = queue.made([ids[STRANGE]])
    why = "探索：口味没见过cryogenic"
    assert reasons(entry, why).startswith(f"{why} | ")
    assert reasons(entry).startswith("量化")
    assert entry_json(entry, why)["explored"] == why
    assert entry_json(entry)["explored"] is None
