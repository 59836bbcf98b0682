"""What nobody may be shown, and how it is kept out of what is shown and stored.

Secrets are the values that the models call so (`SecretStr`), the password in an address, and
what may be a key in the address of a WeChat bridge, which is handed out with one inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from pydantic import BaseModel, SecretStr

from config.settings import Settings

INSTEAD = "(secret)"
"""What stands where a secret stood."""

_LEAST = 6
"""Characters; blotting out anything shorter would blot out ordinary words."""
_LIKE_A_KEY = re.compile(r"(?=.*\d)[\w-]{12,}", re.ASCII)
"""A step of a bridge's address that no person would have chosen."""


class Hider:
    """Takes secrets out of texts and bytes."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spelled = {form for one in secrets if len(one) >= _LEAST for form in (one, quote(one, ""))}
        # The longest first: one secret may be part of another.
        self._secrets = sorted(spelled, key=lambda one: (-len(one), one))

    @classmethod
    def of(cls, settings: Settings) -> Hider:
        """One that knows every secret of a configuration."""
        return cls([*_declared(settings), *_in_address(settings.addresses.wechat_bridge)])

    @property
    def knows_any(self) -> bool:
        """Whether there is anything to hide."""
        return bool(self._secrets)

    def __call__(self, text: str) -> str:
        """Give the text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, INSTEAD)
        return text

    def in_bytes(self, body: bytes) -> bytes:
        """Give the bytes without secrets; the same object where there are none."""
        for secret in self._secrets:
            coded = secret.encode()
            if coded in body:
                body = body.replace(coded, INSTEAD.encode())
        return body


def _declared(value: object) -> Iterator[str]:
    """Every secret in a model, however deep; passwords in its addresses too."""
    match value:
        case SecretStr():
            yield value.get_secret_value()
        case BaseModel():
            for name in type(value).model_fields:
                yield from _declared(getattr(value, name))
        case dict():
            for one in value.values():
                yield from _declared(one)
        case tuple() | list():
            for one in value:
                yield from _declared(one)
        case str() if "@" in value and "://" in value:
            yield from _passwords(value)


def _passwords(address: str) -> Iterator[str]:
    try:
        password = urlsplit(address).password
    except ValueError:
        return  # no address, and nothing that is asked
    if password:
        yield from (password, unquote(password))


def _in_address(bridge: str) -> Iterator[str]:
    parts = urlsplit(bridge)
    for _, value in parse_qsl(parts.query):
        if "{" not in value:
            yield value
    yield from (step for step in parts.path.split("/") if _LIKE_A_KEY.fullmatch(step))
