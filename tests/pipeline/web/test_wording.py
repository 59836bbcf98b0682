"""Both languages say the same things, and every key that a page asks for is there."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pipeline.web
from pipeline.web.wording import Text, load_wording

WEB = Path(pipeline.web.__file__).parent
FILES = [*sorted(WEB.glob("*.py")), *sorted((WEB / "templates").glob("*"))]
WHOLE = re.compile(r"""(?<![\w.])t\(\s*["']([a-z_]+\.[\w-]+)["']\s*[,)]""")
"""t("queue.empty") and t("queue.count", count=3)."""
BEGUN = re.compile(r"""(?<![\w.])t\(\s*f?["']([a-z_]+\.(?:[a-z_-]*))(?:["']\s*~|\{)""")
"""t("nav." ~ name) and t(f"error.{status}"): any key that begins so."""


def slots(text: Text) -> set[str]:
    forms = [text] if isinstance(text, str) else list(text.values())
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}


def asked(pattern: re.Pattern[str]) -> dict[str, str]:
    """Key or beginning of keys -> a file that asks for it."""
    return {
        key: path.name
        for path in FILES
        for key in pattern.findall(path.read_text(encoding="utf-8"))
    }


def test_both_languages_have_the_same_keys():
    zh, en = load_wording("zh").texts, load_wording("en").texts
    assert sorted(zh) == sorted(en)


def test_both_languages_have_the_same_slots():
    zh, en = load_wording("zh").texts, load_wording("en").texts
    assert {key: slots(text) for key, text in zh.items()} == {
        key: slots(text) for key, text in en.items()
    }


def test_every_key_that_is_asked_for_is_there():
    texts = load_wording("zh").texts
    keys, beginnings = asked(WHOLE), asked(BEGUN)
    assert "nav.label" in keys
    assert "nav." in beginnings
    missing = {key: where for key, where in keys.items() if key not in texts}
    missing |= {
        start: where
        for start, where in beginnings.items()
        if not any(key.startswith(start) for key in texts)
    }
    assert missing == {}


def test_a_number_chooses_its_form():
    en = load_wording("en")
    assert en("when.days", count=1) == "1 day ago"
    assert en("when.days", count=2) == "2 days ago"
    assert load_wording("zh")("when.days", count=1) == "1 天前"


def test_what_is_filled_in_is_no_pattern():
    assert load_wording("zh")("nav.coming", day="{count}") == "本期 {count}"
