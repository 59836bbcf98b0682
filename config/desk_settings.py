"""What can be configured of the editor's desk: its language, its address, the words for why not.

The values that ship stand in ``desk.toml``.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from config.section import Section


class Reason(Section):
    """Why a story may be rejected; a decision keeps the code, a person reads the label."""

    code: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    """Stays when the label is worded anew: ``off-topic``."""
    label: str
    """``不对题``."""


class DeskSettings(Section):
    """The desk in the browser and in the terminal."""

    language: Literal["zh", "en"] = "zh"
    """Of buttons and messages; what sources say stays as they say it."""
    host: str = "127.0.0.1"
    """Address to listen on. Beyond loopback the desk asks for a login."""
    port: int = Field(default=8765, ge=0, le=65535)
    """0 takes any free one."""
    names: tuple[str, ...] = ()
    """Further names that the desk is reached by, ``desk.example.org``; others are refused."""
    page_size: int = Field(default=20, ge=1, le=200)
    """Stories a page of the queue."""
    session_days: int = Field(default=30, ge=1)
    """How long a login lasts."""
    reasons: tuple[Reason, ...] = (
        Reason(code="off-topic", label="不对题"),
        Reason(code="known", label="旧闻，已写过"),
        Reason(code="thin", label="内容空泛"),
        Reason(code="advert", label="软文广告"),
        Reason(code="too-special", label="过于专门"),
    )
    """Offered when a story is rejected, in this order."""
