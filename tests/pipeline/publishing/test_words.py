"""What the pull request says of the check, and how a commit of ours is known."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.check import Finding, Level
from pipeline.publishing import words

DAY = date(2026, 3, 2)
HOSTILE = (
    "@everyone",
    "#1",
    "<script>alert(1)</script>",
    "```",
    "````",
    "~~~",
    "<!-- briefing check: end -->",
    "[x](javascript:alert(1))",
    "\n\n# 标题",
    "\r\n",
    "\u2028",
)


def finding(message: str, level: Level = Level.WARNING) -> Finding:
    return Finding(file="2026-03-02.md", line=7, level=level, code="T102", message=message)


def body(*findings: Finding) -> str:
    return words.body(DAY, "issues/2026-03-02.md", findings, links_asked=True)


def test_errors_come_first_and_are_counted():
    text = body(finding("odd"), finding("wrong", Level.ERROR), finding("odd too"))
    assert "**Check before publishing:** 1 error, 2 warnings.\n" in text
    assert text.index("wrong") < text.index("odd") < text.index("odd too")


@given(st.lists(st.lists(st.sampled_from(HOSTILE), min_size=1).map(" ".join), min_size=1))
def test_whatever_a_finding_quotes_is_shown_as_code(messages):
    text = body(*map(finding, messages))
    tokens = MarkdownIt().parse(text)
    kinds = [
        token.type for token in tokens if token.level == 0 and not token.type.endswith("_open")
    ]
    assert kinds.count("fence") == 1
    [fence] = [token for token in tokens if token.type == "fence"]
    assert len(fence.content.splitlines()) == len(messages)
    outside = text.replace(fence.content, "")
    assert not any(word in outside for word in ("@", "#1", "<script", "](", "# "))
    assert text.count("briefing check: end -->") - fence.content.count("check: end -->") == 1


def test_a_flood_of_findings_fits():
    text = body(*[finding(f"{n} " + "长" * 900) for n in range(1000)])
    assert len(text) < 60_000
    assert "more, see briefing check\n" in text


@given(st.text(alphabet="ab\n`<!-> \r"), st.text(alphabet="ab\n`<!-> \r"))
def test_only_the_findings_are_reworded(before, after):
    old, new = body(finding("old")), body(finding("new"))
    standing = before + old + after
    assert words.reworded(standing, new) == before + old.replace("old", "new") + after
    assert words.reworded(standing, old) == standing


def test_a_text_without_their_place_stays():
    assert words.reworded("mine alone", body(finding("new"))) == "mine alone"


def test_a_browsers_line_ends_are_no_difference():
    text = body(finding("old")).replace("\n", "\r\n")
    assert words.reworded(text, body(finding("old"))) == text


def test_a_commit_is_ours_while_it_holds_the_tree_that_it_names(desk):
    message = words.commit_message(desk.settings.newsletter, DAY, "a" * 40)
    assert words.made_here(message, "a" * 40)
    assert words.made_here(message.strip(), "a" * 40)
    assert not words.made_here(message, "b" * 40)
    assert not words.made_here(f"Revert\n\n{message}\nmore", "a" * 40)
    assert not words.made_here("Update README.md", "a" * 40)
