import os
import subprocess
import sys
from dataclasses import replace
from random import Random

import pytest

from pipeline.taste.applying import TASTE, with_taste
from pipeline.taste.learning import average_precision, learn
from pipeline.taste.model import FREE, NEAR, TasteModel
from pipeline.taste.model import train as train_on
from pipeline.taste.table import Example, tabulate
from store.models import Part, Score

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
WORDS = [f"t:w{n}" for n in range(60)]


def train(examples, way=FREE):
    return train_on(tabulate(examples), way)


def stream(count: int, seed: int = 1, *, told: str = "t:gem") -> list[Example]:
    """Stories of which those with one word are picked; the rules know nothing of it."""
    random = Random(seed)
    examples = []
    for _ in range(count):
        picked = random.random() < 0.08
        tokens = [*random.sample(WORDS, 6), *([told] if picked else [])]
        examples.append(
            Example(document="\n".join(tokens), rules=random.uniform(0, 5), picked=picked)
        )
    return examples


def test_it_learns_what_the_rules_do_not_know():
    model = train(stream(400))
    assert model.score("t:gem\nt:w1") > 1 > model.score("t:w2\nt:w3")
    assert model.reasons("t:gem\nt:w1")[0][0] == "t:gem"


def test_what_it_adds_is_the_sum_of_its_reasons():
    model = train(stream(400))
    tokens = "t:gem\nt:w1\nt:w2"
    assert model.score(tokens) == round(sum(value for _, value in model.reasons(tokens)), 3)


def test_what_all_bear_is_no_reason():
    examples = [replace(e, document=f"{e.document}\nkind=paper") for e in stream(300)]
    model = train(examples)
    assert "kind=paper" not in model.points
    assert "t:gem" in model.points
    assert train([replace(e, document="kind=paper") for e in examples]).points == {}


def test_the_same_examples_teach_the_same():
    assert train(stream(300)) == train(stream(300))


def test_near_the_rules_what_is_learned_grows_with_the_evidence():
    learned = [train(stream(count), NEAR).score("t:gem") for count in (150, 600, 2400)]
    assert 0 < learned[0] < learned[1] < learned[2]


def test_few_picks_without_anything_in_common_move_less_when_near_the_rules():
    random = Random(5)
    words = [f"t:w{n}" for n in range(600)]
    examples = [
        Example(
            document="\n".join(random.sample(words, 6)),
            rules=random.uniform(0, 5) + 3 * (n % 200 == 0),
            picked=n % 200 == 0,
        )
        for n in range(4000)
    ]
    free, near = (
        max(model.score(example.document) for example in examples)
        for model in (train(examples, FREE), train(examples, NEAR))
    )
    assert near < 0.7 * free


def test_chances_grow_with_the_total():
    model = train(stream(400))
    assert 0 < model.chance(-5) < model.chance(0) < model.chance(20) < 1


def test_a_model_is_used_only_when_it_beats_the_rules():
    learned = learn(stream(600))
    assert learned.used
    assert "学到的" in learned.verdict
    random = Random(3)
    noise = [
        Example(
            document="\n".join(random.sample(WORDS, 6)), rules=10.0 * picked, picked=bool(picked)
        )
        for picked in (random.random() < 0.1 for _ in range(600))
    ]
    lesson = learn(noise)
    assert not lesson.used
    assert lesson.verdict.startswith("规则")


@pytest.mark.parametrize("count", [0, 1, 5])
def test_with_few_examples_the_rules_stand(count):
    examples = [Example(document="t:a", rules=1.0, picked=n < count) for n in range(50)]
    lesson = learn(examples)
    assert (lesson.model, lesson.used) == (None, False)
    assert f"{count} 条" in lesson.verdict


@pytest.mark.parametrize(
    ("ranked", "precision"),
    [
        ([(3, True), (2, False), (1, True)], (1 + 2 / 3) / 2),
        ([(1, False)], 0.0),
        ([(1, False), (1, True)], 0.5),
    ],
)
def test_average_precision(ranked, precision):
    assert average_precision(ranked) == pytest.approx(precision)


def test_parts_add_up_to_the_total_and_taste_is_laid_on_once():
    rules = Score(total=2.5, parts=(Part(name="topic", label="量化", value=2.5),), section="论文")
    model = TasteModel(points={"t:gem": 1.5, "t:dull": -0.5}, slope=1.0, intercept=0.0)
    scored = with_taste(rules, "t:gem\nt:dull", model)
    assert scored.total == round(sum(part.value for part in scored.parts), 3) > rules.total
    assert with_taste(scored, "t:gem\nt:dull", model) == scored
    assert with_taste(scored, "t:gem", None) == rules
    assert [part.name for part in scored.parts] == ["topic", TASTE]


def test_another_process_with_other_threads_learns_the_same_to_the_last_digit():
    told = "from tests.pipeline.taste.test_model import *; print(train(stream(2000)).points)"
    learned = [
        subprocess.run(
            [sys.executable, "-c", told],
            env={**os.environ, "PYTHONHASHSEED": seed, **dict.fromkeys(THREADS, threads)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed, threads in (("1", "1"), ("2", "4"))
    ]
    assert learned[0] == learned[1] == f"{train(stream(2000)).points}\n"
