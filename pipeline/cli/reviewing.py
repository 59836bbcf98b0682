"""The desk in the terminal: ``briefing review``, one story a screen, the keys of the browser's."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import click
from rich.console import Console
from rich.markup import escape
from rich.rule import Rule

from config.errors import BriefingError, ConflictError, InputError
from pipeline.cli.deciding import in_editor
from pipeline.cli.options import Desk, common
from pipeline.cli.tables import console, headline, reasons
from pipeline.queue import Entry, State
from pipeline.review import Review
from pipeline.view import View
from pipeline.visible import visible
from pipeline.web.wording import load_wording
from store.models import Draft, Verdict

_KEYS = ("j k", "x", "a", "r", "l", "e", "s", "m", "o", "u", "/", "q")
"""In the order in which they are told; what each does stands under ``review`` in the texts."""
_NAMES = {"j k": "move", "/": "search"}
"""Keys that cannot stand in the name of a text."""
_ARROWS = {"\x1b[A": "k", "\x1b[B": "j", "\x1bOA": "k", "\x1bOB": "j"}
_LEAVE = ("q", "\x03", "\x04")
_ESCAPE = "\x1b"


@click.command()
@common
@click.option("--section", help="Only this section.")
@click.option(
    "--state",
    type=click.Choice([s.value for s in State]),
    default=State.PROPOSED.value,
    show_default=True,
    help="Only this state.",
)
@click.argument("words", nargs=-1)
def review(desk: Desk, section: str | None, state: str, words: tuple[str, ...]) -> None:
    """Go through the queue by keys, one story a screen; with WORDS, through what they find."""
    screen = console()
    if not (sys.stdin.isatty() and screen.is_terminal):
        raise InputError("review needs a terminal; briefing queue lists the stories for scripts")
    with desk.store() as store:
        walk = Review(
            store=store,
            settings=desk.settings,
            name=desk.editor.name,
            clock=desk.clock,
            view=View(section=section, state=State(state), words=" ".join(words)),
        )
        Terminal(walk, screen).run()


class Terminal:
    """Draws the story before one's eyes and does what the keys say."""

    def __init__(self, walk: Review, shown: Console) -> None:
        self._walk = walk
        self._shown = shown
        self._t = load_wording(walk.settings.desk.language)
        self._said = ""
        self._again: Callable[[], str] | None = None
        self._acts: Mapping[str, Callable[[], str]] = {
            "j": lambda: self._step(1),
            "k": lambda: self._step(-1),
            "x": self._mark,
            "a": lambda: self._decide(Verdict.ACCEPT),
            "l": lambda: self._decide(Verdict.LATER),
            "r": self._reject,
            "e": self._edit,
            "s": self._section,
            "m": self._merge,
            "o": self._open,
            "u": self._undo,
            "/": self._search,
            "?": self._help,
            "y": self._do_it_anyway,
        }

    def run(self) -> None:
        """Until the editor leaves."""
        while True:
            self._draw()
            key = self._key()
            if key in _LEAVE:
                return
            self._said = self._do(key)

    def _do(self, key: str) -> str:
        act = self._acts.get(key)
        if act is None:
            return self._t("review.unknown", pressed=repr(key))
        try:
            said = act()
        except ConflictError as error:
            self._walk.refresh()
            return f"{error} — {self._t('review.anyway')}"
        except BriefingError as error:
            said = str(error)
        self._again = None
        return said

    def _key(self) -> str:
        try:
            key = click.getchar()
        except (KeyboardInterrupt, EOFError):
            return "q"
        return _ARROWS.get(key, key)

    def _step(self, by: int) -> str:
        return "" if self._walk.step(by) else self._t("review.last" if by > 0 else "review.first")

    def _mark(self) -> str:
        self._walk.mark()
        return self._t("review.marked", count=len(self._walk.marked))

    def _decide(self, verdict: Verdict, reason: str | None = None) -> str:
        self._again = lambda: self._decided(verdict, reason, anyway=True)
        return self._decided(verdict, reason)

    def _decided(self, verdict: Verdict, reason: str | None, *, anyway: bool = False) -> str:
        done = self._walk.decide(verdict, reason=reason, anyway=anyway)
        said = self._told(done)
        self._walk.step(1)
        return said

    def _do_it_anyway(self) -> str:
        return self._again() if self._again else self._t("review.unknown", pressed="y")

    def _reject(self) -> str:
        offered = self._walk.settings.desk.reasons
        picked = self._pick([reason.label for reason in offered], self._t("review.why"))
        if picked is None:
            return self._t("review.left")
        return self._decide(Verdict.REJECT, offered[picked].code if picked >= 0 else None)

    def _section(self) -> str:
        entry = self._entry()
        names = [section.name for section in self._walk.settings.sections]
        picked = self._pick(names, self._t("review.section"))
        if picked is None or picked < 0:
            return self._t("review.left")
        return self._changed(replace(entry.draft, section=names[picked]))

    def _edit(self) -> str:
        entry = self._entry()
        text = in_editor(entry.draft)
        if text == entry.draft:
            return self._t("review.same")
        return self._changed(text)

    def _changed(self, text: Draft) -> str:
        self._again = lambda: self._told(self._walk.decide(Verdict.EDIT, text=text, anyway=True))
        return self._told(self._walk.decide(Verdict.EDIT, text=text))

    def _merge(self) -> str:
        return self._t("review.merged", story=self._walk.merge().story.id)

    def _open(self) -> str:
        url = self._entry().draft.url
        return self._t("review.opened", url=url) if webbrowser.open(url) else url

    def _undo(self) -> str:
        return self._t("review.undone", title=self._walk.undo()[0].draft.title)

    def _search(self) -> str:
        words = click.prompt(self._t("review.words"), default="", show_default=False)
        state = None if words else State.PROPOSED
        self._walk.show(View(section=self._walk.view.section, state=state, words=words))
        return self._t("review.found", words=words) if words else ""

    def _help(self) -> str:
        click.clear()
        for keys in _KEYS:
            what = self._t(f"review.key_{_NAMES.get(keys, keys)}")
            self._shown.print(f"  [bold]{escape(keys):>4}[/]  {what}")
        self._key()
        return ""

    def _pick(self, labels: Sequence[str], title: str) -> int | None:
        """The place of what is picked by number; -1 for Enter, None for anything else."""
        choices = "  ".join(f"[bold]{n}[/] {escape(label)}" for n, label in enumerate(labels, 1))
        self._shown.print(f"{title}：{choices}")
        key = self._key()
        if key in ("\r", "\n"):
            return -1
        chosen = int(key) - 1 if key.isascii() and key.isdigit() else -1
        return chosen if 0 <= chosen < len(labels) else None

    def _entry(self) -> Entry:
        if self._walk.entry is None:
            raise InputError("there is no story here")
        return self._walk.entry

    def _told(self, done: Sequence[Entry]) -> str:
        state = self._t(f"review.{done[0].state}")
        return self._t("review.done", count=len(done), state=state, title=done[0].draft.title)

    def _draw(self) -> None:
        click.clear()
        entry = self._walk.entry
        if entry is None:
            self._shown.print(self._t("review.empty"))
        else:
            for line in self._lines(entry):
                self._shown.print(line, highlight=False)
        self._shown.print(Rule(style="dim"))
        self._shown.print(shown(self._said), style="bold", highlight=False)
        self._shown.print(self._t("review.keys"), style="dim")

    def _lines(self, entry: Entry) -> Iterator[str]:
        walk, draft = self._walk, entry.draft
        many = "+" if walk.more else ""
        mark = "[bold yellow]●[/] " if entry.story.id in walk.marked else ""
        yield (
            f"[dim]{walk.at + 1}/{len(walk.entries)}{many} · {shown(draft.section)} · "
            f"{entry.story.id} · {self._t(f'review.{entry.state}')}[/]"
        )
        yield ""
        yield f"{mark}[bold]{shown(headline(entry))}[/]"
        yield f"[dim]{shown(draft.url)}[/]"
        for link in draft.links:
            yield f"[dim]{shown(f'[{link.label}] {link.url}')}[/]"
        yield ""
        if draft.summary:
            yield shown(draft.summary)
            yield ""
        yield f"[cyan]{entry.score.total:.1f}[/]  {shown(reasons(entry))}"
        for member in entry.story.members[1:]:
            candidate = member.candidate
            yield f"[dim]+ {shown(f'{candidate.item.source}: {candidate.title}')}[/]"


def shown(text: str) -> str:
    """Text from outside: no markup of ours in it, and no control for the terminal."""
    return escape(visible(text))


COMMANDS = (review,)
