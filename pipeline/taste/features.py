"""What of a story the learned part of the score looks at: a document of tokens. Pure.

Words of the headlines (``t:``) and pairs of neighbours, Chinese in pairs and triples of
characters; words of the abstract or text (``b:``); and tags: topics that were found
(``topic=量化``), source, medium, arXiv categories, authors, labs, the language of a repository,
the venue of a paper. A document is plain text, so that it can be kept beside the story and
learned from without a look at the story itself.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise, repeat

from config.settings import Settings
from pipeline.stories import vocabulary_of
from pipeline.venue import venue_of_paper
from store.models import Candidate, Part, Story

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_TOKEN = re.compile(rf"[{_HAN}]+|[a-z0-9]+(?:[-+#.][a-z0-9]+)*")
_IS_HAN = re.compile(rf"[{_HAN}]")
_BODY_CHARS = 1500
_AUTHORS = 8
_STOP = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by can do for from has have how in into is it its more of on or our"
        " over that the their these this to towards under up using via we what when which while"
        " with without your",
    )
)
_TITLE, _TEXT = 1.0, 0.35
"""What the words of a headline (``t:``), and those of a text (``b:``), weigh together (Euclidean
length)."""
_TAG = 0.3
"""What each tag weighs."""


def document(story: Story, parts: Sequence[Part], settings: Settings) -> str:
    """The document of a story that the rules gave these parts: `tokens_of` it, by line feeds."""
    members = [member.candidate for member in story.members]
    tokens: dict[str, None] = {}
    for candidate in members:
        tokens |= dict.fromkeys(f"t:{word}" for word in words(_headline(candidate)))
    for candidate in members:
        body = words(_body(candidate)[:_BODY_CHARS], pairs=False)
        tokens |= dict.fromkeys(f"b:{word}" for word in body)
    tokens |= dict.fromkeys(f"topic={part.label}" for part in parts if part.name == "topic")
    for candidate in members:
        tokens |= dict.fromkeys(_tags(candidate, settings))
    return "\n".join(tokens)


def words(text: str, *, pairs: bool = True) -> Iterator[str]:
    """The words of a text in one case, and pairs of Latin neighbours."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    before = ""
    for match in _TOKEN.finditer(plain):
        word = match[0]
        if _IS_HAN.match(word):
            yield from ("".join(two) for two in pairwise(word))
            yield from (word[n : n + 3] for n in range(len(word) - 2))
            before = ""
        elif word in _STOP:
            before = ""
        else:
            yield word
            if pairs and before:
                yield f"{before} {word}"
            before = word


def features(document: str) -> dict[str, float]:
    """Token -> value. Words of one kind share a length of 1 (headline) or less (text)."""
    return dict(weighed(document))


def weighed(document: str) -> Iterator[tuple[str, float]]:
    """Each token with its value, as `features`."""
    counts = counts_of(document)
    values = chain.from_iterable(map(repeat, weights_of(counts), counts))
    return zip(tokens_of(document), values, strict=True)


def tokens_of(document: str) -> list[str]:
    """The tokens of a document, each once: words of headlines, then words of texts, then tags."""
    return document.split("\n") if document else []


def counts_of(document: str) -> tuple[int, int, int]:
    """How many words of headlines, words of texts and tags a document has."""
    lines = f"\n{document}" if document else ""
    titles, texts = lines.count("\nt:"), lines.count("\nb:")
    return titles, texts, lines.count("\n") - titles - texts


def weights_of(counts: Sequence[int]) -> tuple[float, float, float]:
    """What each word of a headline, word of a text and tag weighs where there are so many."""
    titles, texts, _ = counts
    return _TITLE / math.sqrt(titles or 1), _TEXT / math.sqrt(texts or 1), _TAG


def _headline(candidate: Candidate) -> str:
    facts = candidate.item.repository
    if facts is None:
        return candidate.title
    return " . ".join((facts.full_name, facts.description or "", *facts.topics))


def _body(candidate: Candidate) -> str:
    item = candidate.item
    readme = (item.repository and item.repository.readme) or ""
    return max(item.summary, item.text, readme, key=len)


def _tags(candidate: Candidate, settings: Settings) -> Iterator[str]:
    item = candidate.item
    yield f"source={item.source}"
    yield f"kind={candidate.kind}"
    if item.publisher:
        yield f"medium={item.publisher}"
    if item.paper is not None:
        yield from (f"category={category}" for category in item.paper.categories)
        if venue := venue_of_paper(item.paper, settings.venues):
            yield f"venue={venue.partition(' ')[0]}"
    yield from (f"author={_one_line(author)}" for author in item.authors[:_AUTHORS])
    labs = vocabulary_of(settings.lexicon).labs(f"{candidate.title} {' '.join(item.authors)}")
    yield from (f"lab={lab}" for lab in sorted(labs))
    if item.repository is not None and item.repository.language:
        yield f"language={item.repository.language}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def shown(token: str) -> str:
    """A token as the editor reads it."""
    return token[2:] if token[1:2] == ":" else token.partition("=")[2]
