"""The file that lists the issues: one more in it, and not a byte changed besides."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import InputError
from config.publish_settings import PublishSettings
from pipeline.publishing.index import MARK, with_issue

LIST = PublishSettings(folder="issues", index="README.md")
HOUSE = PublishSettings(
    folder="embedded-ai-report",
    index="README.md",
    index_entry="[{date}](../embedded-ai-report/{date}.md)",
)
NEW = date(2026, 3, 2)


def entry(day: str) -> str:
    return f"[{day}](issues/{day}.md)"


def cell(day: str) -> str:
    return f"[{day}](../embedded-ai-report/{day}.md)"


def indexed(text: str, day: date = NEW, publish: PublishSettings = LIST) -> str:
    return with_issue(text.encode(), day, publish).decode()


def test_the_latest_comes_first_and_looks_as_its_neighbour():
    before = f"# 往期\r\n\r\n* {entry('2026-02-16')}  \r\n* {entry('2026-02-01')}\r\n尾\r\n"
    new = f"* {entry('2026-03-02')}  \r\n"
    place = before.index("* ")
    assert indexed(before) == before[:place] + new + before[place:]


def test_an_issue_between_others_goes_between_them():
    before = f"- {entry('2026-03-16')}\n- {entry('2026-02-16')}\n"
    after = f"- {entry('2026-03-16')}\n- {entry('2026-03-02')}\n- {entry('2026-02-16')}\n"
    assert indexed(before) == after


def test_the_earliest_of_all_goes_last():
    before = f"- {entry('2026-03-30')}\n- {entry('2026-03-16')}\n\n尾"
    after = f"- {entry('2026-03-30')}\n- {entry('2026-03-16')}\n- {entry('2026-03-02')}\n\n尾"
    assert indexed(before) == after


def test_a_rising_list_rises_on():
    before = f"1. {entry('2026-02-01')}\n2. {entry('2026-02-16')}"
    assert indexed(before) == f"{before}\n2. {entry('2026-03-02')}"


def test_what_is_said_of_a_neighbour_is_not_said_of_the_new():
    before = f"- {entry('2026-02-16')}：春节专刊  \n"
    assert indexed(before) == f"- {entry('2026-03-02')}  \n{before}"


def test_a_link_in_running_text_is_no_list():
    before = f"最新一期：{entry('2026-02-16')}\n\n- {entry('2026-02-16')}\n"
    after = f"最新一期：{entry('2026-02-16')}\n\n- {entry('2026-03-02')}\n- {entry('2026-02-16')}\n"
    assert indexed(before) == after


TABLE = f"""## 往期回顾

| 2 | 0 | 2 | 0 |
|:---:|:---:|:---:|:---:|
| - | - | - | {cell("2020-02-16")} |\x20\x20
| {cell("2020-01-27")} | {cell("2020-01-06")} | {cell("2019-12-17")}  |  {cell("2019-12-02")} |
| 2 | 0 | 1 | 9 |\x20\x20
| {cell("2019-11-30")} | | |\x20\x20

----
"""


def test_a_table_is_filled_from_its_right_end():
    text = indexed(TABLE, date(2020, 3, 2), HOUSE)
    assert text == TABLE.replace(
        f"| - | - | - | {cell('2020-02-16')}",
        f"| - | - | {cell('2020-03-02')} | {cell('2020-02-16')}",
    )


def test_a_full_row_of_a_table_gets_another_above():
    text = TABLE
    for day in ("2020-03-02", "2020-03-19", "2020-04-04", "2020-04-26"):
        text = indexed(text, date.fromisoformat(day), HOUSE)
    lines = text.splitlines()
    assert lines[4] == f"| - | - | - | {cell('2020-04-26')} |"
    filled = [cell(day) for day in ("2020-04-04", "2020-03-19", "2020-03-02", "2020-02-16")]
    assert lines[5].rstrip() == f"| {' | '.join(filled)} |"
    assert "\n".join(lines[6:]) == "\n".join(TABLE.splitlines()[5:])


def test_empty_cells_are_free_too():
    before = f"|  |  |\n|---|---|\n|  | {cell('2020-08-26')} |\n"
    after = f"|  |  |\n|---|---|\n| {cell('2020-09-17')} | {cell('2020-08-26')} |\n"
    assert indexed(before, date(2020, 9, 17), HOUSE) == after


def test_a_new_year_gets_a_row_of_its_own():
    lines = indexed(TABLE, date(2021, 1, 4), HOUSE).splitlines(keepends=True)
    assert "".join(lines[2:6]) == (
        f"| 2 | 0 | 2 | 1 |\n|:---:|:---:|:---:|:---:|\n| - | - | - | {cell('2021-01-04')} |\n"
        "| 2 | 0 | 2 | 0 |\n"
    )
    assert "".join(lines[6:]) == "".join(TABLE.splitlines(keepends=True)[4:])


def test_an_old_issue_is_not_guessed_into_a_table():
    with pytest.raises(InputError, match="2020-02-01 does not come first in the table"):
        indexed(TABLE, date(2020, 2, 1), HOUSE)


def test_a_first_issue_goes_under_the_mark():
    assert indexed(f"# 往期\n{MARK}\n\n尾") == f"# 往期\n{MARK}\n- {entry('2026-03-02')}\n\n尾"
    assert indexed(MARK) == f"{MARK}\n- {entry('2026-03-02')}"


@pytest.mark.parametrize("text", ["", "# 往期\n", "- [2026-02-16](elsewhere/2026-02-16.md)\n"])
def test_an_index_without_a_place_says_what_to_do(text):
    with pytest.raises(InputError) as caught:
        indexed(text)
    assert "README.md lists no issue as [2026-03-02](issues/2026-03-02.md)" in str(caught.value)
    assert MARK in str(caught.value)


def test_what_is_no_utf8_stays():
    before = b"\xff\xfe caf\xe9\n- [2026-02-16](issues/2026-02-16.md)\n\x85tail\x0b"
    after = with_issue(before, NEW, LIST)
    assert after.replace(b"- [2026-03-02](issues/2026-03-02.md)\n", b"") == before


DAYS = st.lists(
    st.integers(0, 4000).map(lambda n: date(2019, 1, 1) + timedelta(days=n)),
    min_size=2,
    max_size=12,
    unique=True,
)


@given(days=DAYS, rising=st.booleans(), end=st.sampled_from(["\n", "\r\n", "  \n"]))
def test_a_list_in_order_stays_in_order_and_twice_is_once(days, rising, end):
    new, *old = days
    listed = sorted(old, reverse=not rising)
    before = "头" + end + "".join(f"- {entry(str(day))}{end}" for day in listed) + "尾"
    after = with_issue(before.encode(), new, LIST)
    wanted = sorted(days, reverse=not (rising and len(old) > 1))
    assert after.decode() == "头" + end + "".join(f"- {entry(str(d))}{end}" for d in wanted) + "尾"
    assert with_issue(after, new, LIST) == after


@given(days=DAYS)
def test_a_table_keeps_all_that_it_had(days):
    text = f"|||\n|---|---|\n| - | {cell('2018-12-31')} |\n"
    for day in sorted(days):
        grown = with_issue(text.encode(), day, HOUSE).decode()
        assert with_issue(grown.encode(), day, HOUSE).decode() == grown
        assert grown.count("](") == text.count("](") + 1
        text = grown
    rows = text.splitlines()[2:]
    assert all(row.count("|") == 3 for row in rows)
    found = [part[:10] for row in rows for part in row.split("[")[1:]]
    assert found == sorted(found, reverse=True)
