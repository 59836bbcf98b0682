"""Text from outside, as it may be shown: without what would change how all around it reads."""

from __future__ import annotations

import re

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""C0 and C1 controls but tab and line feed, and what turns the direction of writing around."""


def visible(text: str) -> str:
    """The text without controls: none for a terminal to obey, none to turn its letters around."""
    return _UNSEEN.sub("", text)
