"""The scheduler for real: a minute of nights by the second, stopped, killed, and restarted.

    python -m tests.soak.schedule [--seconds N]

``briefing schedule`` runs as a program over the sample web, with a schedule of every few seconds.
A third of the time it is left alone, then it is killed (SIGKILL) while a night is under way, and
started again; then it is stopped (SIGTERM) while a night is under way, and started again; in the
end it is stopped between two nights. What it and its nights said is printed as it comes, and then
what is in the database: no two nights at once, no item doubled, none lost, nothing damaged.
"""

from __future__ import annotations

import argparse
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from itertools import pairwise
from pathlib import Path

from pipeline.demo.web import SampleWeb
from store.copying import damage, looked_at
from store.database import Store
from store.items import load_items
from store.runs import Run, load_runs
from tests.sample_folder import sample_folder

EVERY = 6
"""Seconds from one due time to the next."""
_UNDER_WAY = "asking 21 sources"
"""What a night says when it has begun."""
_PATIENCE = 120.0


class Program:
    """``briefing schedule``, and what it says."""

    def __init__(self, folder: Path, began: float) -> None:
        self.lines: list[str] = []
        self._began = began
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.cli", "schedule", "--config", str(folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))
            if not re.search(r":\d\d run \d", line):  # else it is what a night says
                print(f"{time.monotonic() - self._began:5.1f} s  {line}", end="", flush=True)

    def wait_for(self, text: str, *, after: int = 0) -> int:
        """Wait until it says something; gives the place behind it."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            for place in range(after, len(self.lines)):
                if text in self.lines[place]:
                    return place + 1
            time.sleep(0.02)
        raise AssertionError(f"{text!r} was not said in {_PATIENCE:g} s: {self.lines[-5:]}")

    def end(self, number: signal.Signals) -> int:
        """Send a signal; gives the exit code, once there is one."""
        print(f"{time.monotonic() - self._began:5.1f} s  -- {number.name} --", flush=True)
        self.process.send_signal(number)
        code = self.process.wait(_PATIENCE)
        # After a kill a night may still hold the pipe.
        self._reader.join(0.5 if number is signal.SIGKILL else _PATIENCE)
        return code


def main() -> None:
    """Run, stop, kill, restart, and print what happened."""
    options = argparse.ArgumentParser(description="Run the scheduler for real.")
    options.add_argument("--seconds", type=float, default=60)
    seconds = options.parse_args().seconds
    with tempfile.TemporaryDirectory() as name, SampleWeb() as web:
        mirrors = {f"{scheme}://": web.mirror(scheme) for scheme in ("https", "http")}
        schedule = f'[schedule]\nnightly = "*/{EVERY} * * * * *"\n\n[store]'
        folder = sample_folder(Path(name) / "config", mirrors, {"[store]": schedule})
        began = time.monotonic()
        alone = Program(folder, began)
        place = alone.wait_for("run ended")
        while time.monotonic() - began < seconds / 3:
            place = alone.wait_for("run ended", after=place)
        alone.wait_for(_UNDER_WAY, after=place)
        assert alone.end(signal.SIGKILL) == -signal.SIGKILL

        again = Program(folder, began)
        place = again.wait_for("run ended with exit code 1")
        while time.monotonic() - began < seconds * 2 / 3:
            place = again.wait_for("run ended", after=place)
        again.wait_for(_UNDER_WAY, after=place)
        assert again.end(signal.SIGTERM) == 0
        assert again.lines[-1].endswith("stopped")

        last = Program(folder, began)
        place = last.wait_for("run ended with exit code 1")
        while time.monotonic() - began < seconds:
            place = last.wait_for("run ended", after=place)
        assert last.end(signal.SIGTERM) == 0
        said = [line for one in (alone, again, last) for line in one.lines]
        report(folder / "briefing.db", said, time.monotonic() - began)


def report(path: Path, said: list[str], seconds: float) -> None:
    """Look at what is there in the end, and say it."""
    with Store(path) as store:
        runs = sorted(load_runs(store, 1000), key=lambda run: run.started_at)
        items = [(item.source, item.external_id) for item in load_items(store)]
        (doubled,) = store.db.execute(
            "SELECT count(*) FROM (SELECT 1 FROM raw_item GROUP BY source, external_id, fingerprint"
            " HAVING count(*) > 1)"
        ).fetchone()
    with looked_at(path) as connection:
        assert damage(connection) == ()
    assert doubled == 0
    assert overlapping(runs) == []
    ended = [run for run in runs if run.status in ("ok", "partial")]
    cut = [run for run in runs if run.status == "interrupted"]
    refused = sum("another run is writing" in line for line in said if " run ended" not in line)
    made_up = sum("made up for now" in line for line in said)
    print(
        f"\n{seconds:.0f} s, a run due every {EVERY} s: {len(runs)} nights begun, {len(ended)} came"
        f" to their end, {len(cut)} were cut short, {refused} were refused while another was under"
        f" way, {made_up} made up for after a restart;\nno two at once; {len(items)} items, 0"
        " doubled; database sound"
    )


def overlapping(runs: list[Run]) -> list[str]:
    """Nights that began before the one before had ended."""
    return [
        str(later.id)
        for run, later in pairwise(runs)
        if run.finished_at is not None and later.started_at < run.finished_at
    ]


if __name__ == "__main__":
    main()
