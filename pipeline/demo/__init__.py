"""A small sample web: what ``briefing demo`` and ``make demo`` read instead of the live one.

Everything in it is invented. The companies, accounts, papers and repositories do not exist: their
hosts end in ``.example``, their repositories belong to owners called ``sample-…``, and their arXiv
numbers start at 2602.90001, far beyond what a month really reaches. Services that exist (arXiv,
GitHub, WeChat) are answered in the formats that they really use, so that the nightly run of the
demo goes through the same code as one against the live web.

    site/              one folder a host; ``manifest.toml`` says what a path cannot
    config/            a complete configuration whose sources are all in ``site/``
    folder.py          which file answers for which address
    arxiv_service.py   the query interface of arXiv, over the entries of one Atom file
    github_service.py  the REST interface of GitHub, over the repositories of one JSON file
    web.py             the server on the loopback address, with faults on request

The server knows nothing of this sample in particular: it serves any folder laid out like ``site/``.
The pages are dated from 2026-02-16 to 2026-03-01, and `NOW` is the night after.

What the run makes of all this is the business of the stages themselves.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

HERE: Final = Path(__file__).parent

SITE: Final = HERE / "site"
"""The pages, one folder a host."""
CONFIG: Final = HERE / "config"
"""The configuration folder whose sources are all in `SITE`."""
NOW: Final = datetime(2026, 3, 2, 3, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
"""When the nightly run of the demo takes place."""
