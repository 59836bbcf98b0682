"""Why a story stands where it does: its parts are those that are kept, a change is what it says."""

from __future__ import annotations

import pytest

from config.load import load_settings
from config.settings import Topic
from pipeline.period import period_of
from pipeline.waterfall import waterfall
from store.candidates import load_story_of
from store.database import Store
from store.models import Kind, PaperFacts, RepositoryFacts
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


def paper(number, title):
    return said(
        title,
        f"https://arxiv.org/abs/2602.0000{number}",
        UNWEIGHED,
        kind=Kind.PAPER,
        paper=PaperFacts(arxiv_id=f"2602.0000{number}", version=1),
    )


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        yield store


def told(store, item):
    story = load_story_of(store, item.source, item.external_id)
    return waterfall(store, SETTINGS, period_of(store, SETTINGS, NOW), story)


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
    out = paper(2, "Sorting of tables")
    night(store, SETTINGS, paper(1, "Kernels of an NPU, with a venue"), out)
    fall = told(store, out)
    assert (fall.margin, fall.change.what) == (-0.4, "附代码")


def test_what_the_cap_takes_away_anyway_would_not_put_one_out(store):
    best = repository("winder", "on-device quantization")
    night(store, SETTINGS, best, repository("mast", "quantization"))
    fall = told(store, best)
    assert fall.margin == 1.0
    assert (fall.change.what, fall.change.points) == ("没有“量化”", -2.0)
    before = total(store, best)
    night(store, SETTINGS, repository("winder", "on-device"))
    assert total(store, best) == pytest.approx(before + fall.change.points)
