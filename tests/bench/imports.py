"""Taking in generated issues: ``python -m tests.bench.imports ISSUES`` prints seconds and memory."""

from __future__ import annotations

import json
import random
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from config.load import SHIPPED, load_settings
from pipeline.issue_markdown import render
from pipeline.past import import_issues
from store.database import Store
from store.models import Draft, Issue, IssueSection, Link
from tests.bench.server import WORDS

_FIRST = date(1900, 1, 1)
SECTIONS = ("业界新闻", "论文", "开源项目", "博文")


def an_issue(number: int) -> Issue:
    """An issue of 20 items, always the same for a number."""
    rng = random.Random(number)

    def words(count: int) -> str:
        return "".join(rng.choices(WORDS, k=count))

    def item(section: str, n: int) -> Draft:
        unique = f"{number:06d}{n:02d}"
        url = {
            "论文": f"https://arxiv.org/abs/{unique[:4]}.{unique[4:]}9",
            "开源项目": f"https://github.com/sample-{number}/project-{n}",
        }.get(section, f"https://news.example/{unique}")
        code = Link(label="代码", url=f"https://github.com/code-{number}/of-{n}")
        return Draft(
            section=section,
            title=words(9),
            source="样例媒体" if section in ("业界新闻", "博文") else "",
            url=url,
            links=(code,) if section == "论文" else (),
            summary="。".join(words(14) for _ in range(6)) + "。",
        )

    return Issue(
        date=_FIRST + timedelta(days=number),
        lead=f"本次内容20条。{words(30)}。",
        sections=tuple(
            IssueSection(name=name, items=tuple(item(name, 5 * s + n) for n in range(5)))
            for s, name in enumerate(SECTIONS)
        ),
    )


def main(count: int) -> None:
    """Write so many issues to files, take them in, and print what it took."""
    settings = load_settings(SHIPPED, environment=False)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "issues"
        folder.mkdir()
        for number in range(count):
            issue = an_issue(number)
            page = render(issue, settings.newsletter)
            (folder / f"{issue.date}.md").write_text(page, encoding="utf-8")
        started = time.perf_counter()
        with Store(Path(work) / "b.db") as store:
            taken = sum(one.items for one in import_issues(store, settings, [folder]))
        seconds = time.perf_counter() - started
    assert taken == 20 * count, taken
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "memory": memory}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
