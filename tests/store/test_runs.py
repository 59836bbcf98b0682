from datetime import timedelta

import pytest

from store.database import Store
from store.models import SourceName, SourceState
from store.runs import (
    SourceReport,
    close_interrupted,
    finish_run,
    load_health,
    load_runs,
    load_states,
    marked_if_cut_short,
    save_report,
    save_retry_at,
    save_state,
    start_run,
)
from tests.builders import NOW

NAME = SourceName("量子位")


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "b.db") as store:
        yield store


def report(status: str, **changes) -> SourceReport:
    return SourceReport(source=NAME, kind="feed", status=status, **changes)  # type: ignore[arg-type]


def test_a_run_reads_back_with_its_reports(store):
    run = start_run(store, "nightly", NOW)
    line = report("error", cause="HTTP 503", retryable=True, retry_at=NOW, notes=("a", "b"))
    save_report(store, run, line)
    finish_run(store, run, at=NOW + timedelta(minutes=1), status="partial")
    [loaded] = load_runs(store, 5)
    assert loaded.sources == (line,)
    assert (loaded.status, loaded.finished_at) == ("partial", NOW + timedelta(minutes=1))


def test_a_run_that_was_killed_is_called_interrupted(store):
    start_run(store, "nightly", NOW)
    close_interrupted(store)
    start_run(store, "nightly", NOW)
    assert [run.status for run in load_runs(store, 5)] == ["running", "interrupted"]


def test_a_run_that_ends_by_an_error_is_called_interrupted_unless_it_was_closed(store):
    run = start_run(store, "nightly", NOW)
    with pytest.raises(KeyboardInterrupt), marked_if_cut_short(store, run):
        raise KeyboardInterrupt
    done = start_run(store, "nightly", NOW)
    with pytest.raises(ValueError, match="later"), marked_if_cut_short(store, done):
        finish_run(store, done, at=NOW, status="ok")
        raise ValueError("later")
    assert [run.status for run in load_runs(store, 5)] == ["ok", "interrupted"]
    assert [run.finished_at for run in load_runs(store, 5)] == [NOW, None]


def test_health_counts_failing_runs_since_the_last_good_one(store):
    for day, status in enumerate(["items", "error", "unparsable"]):
        run = start_run(store, "nightly", NOW + timedelta(days=day))
        save_report(store, run, report(status, received=3 if status == "items" else 0))
    [health] = load_health(store)
    assert health.failing_runs == 2
    assert health.last_good_at == NOW
    assert health.received == 3
    assert health.last.status == "unparsable"


def test_health_of_a_source_that_never_worked(store):
    save_report(store, start_run(store, "nightly", NOW), report("error"))
    [health] = load_health(store)
    assert (health.failing_runs, health.last_good_at) == (1, None)


def test_states_read_back_and_a_wait_keeps_the_rest(store):
    state = SourceState(asked="https://a.example", etag='"x"', watermark=NOW, body_sha256="ab")
    save_state(store, NAME, state)
    save_retry_at(store, NAME, "https://a.example", NOW)
    [loaded] = load_states(store).values()
    assert (loaded.etag, loaded.retry_at, loaded.watermark) == ('"x"', NOW, NOW)
