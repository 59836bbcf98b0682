"""The editor puts stories together and parts them. One place for every face.

What the editor said is appended and outranks all evidence, in this run and every later one; undo
is a further word. Stories are made again at once and scored.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from config.errors import InputError, NotFoundError
from config.settings import Settings
from pipeline.desk import Editor
from pipeline.period import period_of
from pipeline.queue import living_story
from pipeline.stages import score_open
from pipeline.stories import rearrange
from store.database import Store
from store.models import CandidateId, Story, StoryId
from store.rulings import Ruling, append_ruling, load_rulings, undo_ruling
from store.stories import load_stories, load_stories_of


def merge_stories(
    store: Store, settings: Settings, stories: Sequence[StoryId], editor: Editor
) -> StoryId:
    """Put all members of these stories together; returns the number of the one that they make.

    Raises NotFoundError for an unknown story, and InputError for fewer than two.
    """
    with store.writing():
        living = dict.fromkeys(living_story(store, story) for story in stories)
        lots = [_members(store, story) for story in living]
        if len(lots) < 2:
            raise InputError("give two stories or more to merge")
        first = lots[0]
        for other in lots[1:]:
            append_ruling(store, "merge", first, other, by=editor.name, at=editor.now)
        changed = [member for lot in lots for member in lot]
        return _made_again(store, settings, changed, editor)[0]


def split_story(
    store: Store,
    settings: Settings,
    story: StoryId,
    taken: Collection[CandidateId],
    editor: Editor,
) -> list[StoryId]:
    """Part these members from the others of a story; returns the stories that come of it.

    Those that are taken go where their own ties lead, which may be to several stories.

    Raises NotFoundError for an unknown story or a candidate that is no member of it, and
    InputError where none would be left.
    """
    with store.writing():
        members = _members(store, living_story(store, story))
        if strangers := sorted(set(taken) - set(members)):
            raise NotFoundError(f"c{strangers[0]} is no member of story {story}")
        rest = [member for member in members if member not in taken]
        if not rest:
            raise InputError(f"story {story} would be empty; leave a member in it")
        append_ruling(store, "split", rest, sorted(taken), by=editor.name, at=editor.now)
        return _made_again(store, settings, members, editor)


def undo_last(
    store: Store, settings: Settings, story: StoryId, editor: Editor
) -> tuple[Ruling, list[StoryId]]:
    """Take back the last ruling on a member of a story; returns it and the stories that it leaves.

    Raises NotFoundError for an unknown story, and InputError where no ruling stands.
    """
    with store.writing():
        standing = load_rulings(store, _members(store, living_story(store, story)))
        if not standing:
            raise InputError(f"story {story}: there is no merge or split to undo")
        last = standing[-1]
        undo_ruling(store, last.id, by=editor.name, at=editor.now)
        return last, _made_again(store, settings, [*last.one, *last.other], editor)


def _members(store: Store, story: StoryId) -> list[CandidateId]:
    loaded: list[Story] = load_stories(store, [story])
    return sorted(member.id for one in loaded for member in one.members)


def _made_again(
    store: Store, settings: Settings, members: Sequence[CandidateId], editor: Editor
) -> list[StoryId]:
    """The stories that these candidates make now, scored; by number."""
    rearrange(store, members, editor.now)
    period = period_of(store, settings, editor.now)
    score_open(store, settings, since=editor.now, period=period)
    return load_stories_of(store, members)
