from __future__ import annotations

from collections.abc import Iterator

import pytest

from store.database import Store


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    with Store(tmp_path / "b.db") as store:
        yield store
