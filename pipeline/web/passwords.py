"""Passwords of editors: kept as scrypt hashes, compared in a time that tells nothing."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache
from typing import Final

from werkzeug.security import check_password_hash, generate_password_hash

LEAST: Final = 8
"""Characters that a password has at least."""


def hashed(password: str) -> str:
    """What is kept of a password: scrypt, salted."""
    return generate_password_hash(password, method="scrypt")


def fits(password: str, kept: str | None) -> bool:
    """Whether `password` is the one that `kept` was made of.

    None, for a name that nobody has, costs the same work as a wrong password.
    """
    return check_password_hash(kept or _nobody(), password) and kept is not None


@cache
def _nobody() -> str:
    return hashed(secrets.token_urlsafe())


def mark(kept: str) -> str:
    """A sign of a kept password that a login carries: a new password ends every older login."""
    return hashlib.sha256(kept.encode()).hexdigest()[:16]
