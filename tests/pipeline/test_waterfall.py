"""Why a story stands where it does: its parts are those that are kept, a change is what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.load import load_settings
from config.settings import Topic
from pipeline.desk import Editor, decide, finish_issue
from pipeline.filling import Ground
from pipeline.issue import assemble
from pipeline.period import period_of
from pipeline.queue import Queue, load_entry
from pipeline.waterfall import waterfall
from store.candidates import load_story_of
from store.database import Store
from store.models import Kind, PaperFacts, RepositoryFacts, Verdict
from store.scores import load_scores
from tests.builders import NOW
from tests.pipeline.web.nights import night, said

_SHIPPED = load_settings(environment=False)
SETTINGS = _SHIPPED.model_copy(
    update={
        "topics": (
            Topic(name="量化", weight=3.0, terms=("quantization",)),
            Topic(name="端侧", weight=2.0, terms=("on-device",)),
            Topic(name="芯片", weight=0.4, terms=("NPU",)),
        ),
        "repository_topics": (Topic(name="人脸库", weight=1.2, terms=("face detection",)),),
        "sections": tuple(s.model_copy(update={"quota": 1}) for s in _SHIPPED.sections),
        "score": _SHIPPED.score.model_copy(update={"topic_cap": 4.0}),
    }
)
EDITOR = Editor(name="甲", now=NOW)
UNWEIGHED = "某处"
"""A source that adds nothing."""


def repository(name, description, readme=""):
    return said(
        f"lab/{name}",
        f"https://github.com/lab/{name}",
        UNWEIGHED,
        kind=Kind.REPOSITORY,
        repository=RepositoryFacts(full_name=f"lab/{name}", description=description, readme=readme),
    )


def paper(number, title, summary=""):
    return said(
        title,
        f"https://arxiv.org/abs/2602.0000{number}",
        UNWEIGHED,
        kind=Kind.PAPER,
        paper=PaperFacts(arxiv_id=f"2602.0000{number}", version=1),
        summary=summary,
    )


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        yield store


def period(store):
    return period_of(store, SETTINGS, NOW)


def with_two_places():
    sections = tuple(s.model_copy(update={"quota": 2}) for s in SETTINGS.sections)
    score = SETTINGS.score.model_copy(update={"variety": 0.5})
    return SETTINGS.model_copy(update={"sections": sections, "score": score})


def story_of(store, item):
    return load_story_of(store, item.source, item.external_id)


def told(store, item, settings=SETTINGS):
    return waterfall(store, settings, period(store), story_of(store, item))


def choose(store, item, verdict):
    decide(store, SETTINGS, period(store), [story_of(store, item)], verdict, EDITOR)


def assembled(store, settings):
    return {*assemble(Queue(store=store, settings=settings, period=period(store))).entries}


def total(store, item):
    story = load_story_of(store, item.source, item.external_id)
    return load_scores(store, [story])[story].total


def test_the_parts_of_a_repository_sum_to_the_total_that_is_kept(store):
    library = repository("masks", "face detection for phones", "Uses quantization.")
    night(store, SETTINGS, library)
    fall = told(store, library)
    values = {part.label: part.value for part in fall.parts}
    assert (values["人脸库"], values["量化"]) == (1.2, 1.2)
    assert round(sum(values.values()), 3) == total(store, library)


def test_a_topic_of_repositories_would_put_one_in(store):
    night(store, SETTINGS, repository("winder", "NPU kernels"), repository("mast", "Tables"))
    out = repository("mast", "Tables")
    fall = told(store, out)
    assert (fall.place, fall.places, fall.margin) == (2, 1, -0.4)
    # No venue takes a repository, though that would be less.
    assert (fall.change.what, fall.change.points) == ("标题里有“人脸库”", 1.2)
    before = total(store, out)
    night(store, SETTINGS, repository("mast", "Tables of face detection"))
    assert total(store, out) == pytest.approx(before + fall.change.points)
    assert told(store, out).margin > 0


def test_a_topic_that_the_text_has_would_count_more_in_the_title(store):
    out = repository("mast", "Tables", "Once did face detection.")
    night(store, SETTINGS, repository("winder", "NPU, face detection"), out)
    fall = told(store, out)
    assert (fall.margin, fall.change.what) == (-1.12, "再多一家媒体报道")
    night(store, SETTINGS, repository("winder", "NPU", "Also face detection."))
    fall = told(store, out)
    assert (fall.margin, fall.change.what) == (-0.4, "标题里有“人脸库”")
    assert fall.change.points == pytest.approx(0.72)


def test_no_topic_of_repositories_would_put_a_paper_in(store):
    out = paper(2, "Sorting of tables", "Runs on-device.")
    night(store, SETTINGS, paper(1, "Sorting of lists", "Uses quantization."), out)
    fall = told(store, out)
    assert (fall.ground, fall.margin, fall.change.what) == (Ground.SCORE, -0.4, "附代码")


def test_what_is_on_no_topic_is_out_whatever_its_score_and_only_a_topic_would_put_it_in(store):
    out = repository("mast", "Tables", "A library.")
    starred = replace(
        out, repository=RepositoryFacts(full_name="lab/mast", description="Tables", stars=90_000)
    )
    night(store, SETTINGS, repository("winder", "NPU"), starred)
    fall = told(store, starred)
    assert fall.margin > 0
    assert (fall.inside, fall.ground) == (False, Ground.STRANGE)
    assert fall.change.what == "标题里有“芯片”"


def test_the_only_topic_is_what_keeps_one_in_without_rivals(store):
    night(store, SETTINGS, repository("winder", "NPU kernels"))
    fall = told(store, repository("winder", "NPU kernels"))
    assert (fall.inside, fall.ground, fall.margin) == (True, Ground.FREE, None)
    assert (fall.change.what, fall.change.points) == ("没有“芯片”", -0.4)


def test_decisions_outrank_the_score(store):
    best, other = repository("winder", "on-device quantization"), repository("mast", "an NPU")
    night(store, SETTINGS, best, other)
    assert told(store, best).ground is Ground.SCORE
    choose(store, best, Verdict.REJECT)
    gone, now = told(store, best), told(store, other)
    assert (gone.inside, gone.ground, gone.margin, gone.change) == (
        False, Ground.REJECTED, None, None,
    )  # fmt: skip
    assert (now.inside, now.ground, now.place) == (True, Ground.FREE, 2)
    choose(store, best, Verdict.ACCEPT)
    assert (told(store, best).inside, told(store, best).ground) == (True, Ground.ACCEPTED)
    assert (told(store, other).inside, told(store, other).ground) == (False, Ground.FULL)
    finish_issue(store, SETTINGS, period(store), NOW)
    assert (told(store, best).inside, told(store, best).ground) == (True, Ground.FINAL)
    assert (told(store, other).inside, told(store, other).ground) == (False, Ground.FINAL)


def test_a_story_that_was_moved_is_held_against_those_of_its_new_section(store):
    moved, there = repository("winder", "NPU kernels"), paper(1, "On-device quantization")
    night(store, SETTINGS, moved, there)
    entry = load_entry(store, SETTINGS, period(store), story_of(store, moved))
    text = replace(entry.draft, section="论文")
    decide(store, SETTINGS, period(store), [entry.story.id], Verdict.EDIT, EDITOR, text=text)
    fall = told(store, moved)
    assert fall.entry.section == "论文"
    assert fall.inside is (entry.story.id in assembled(store, SETTINGS))


def test_what_resembles_the_best_needs_more(store):
    settings = with_two_places()
    best = paper(1, "On-device quantization of sparse transformers with an NPU")
    same = paper(2, "Quantization of sparse transformers")
    other = paper(3, "Quantization of recurrent speech decoders")
    night(store, settings, best, same, other)
    fall = told(store, same, settings)
    assert "sparse transformers" in fall.alike.headline
    assert fall.variety < 0
    rival = told(store, other, settings)
    assert fall.inside is not rival.inside
    inside = assembled(store, settings)
    for item, one in ((same, fall), (other, rival)):
        assert one.inside is (story_of(store, item) in inside)
        assert one.inside is (one.margin > 0)


def test_what_the_cap_takes_away_anyway_would_not_put_one_out(store):
    best = repository("winder", "on-device quantization")
    night(store, SETTINGS, best, repository("mast", "quantization"))
    fall = told(store, best)
    assert fall.margin == 1.0
    assert (fall.change.what, fall.change.points) == ("没有“量化”", -2.0)
    before = total(store, best)
    night(store, SETTINGS, repository("winder", "on-device"))
    assert total(store, best) == pytest.approx(before + fall.change.points)
