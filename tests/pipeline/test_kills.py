"""A short version of ``python -m tests.soak.kills``."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_nights_killed_in_every_stage_lose_and_double_nothing():
    command = [sys.executable, "-m", "tests.soak.kills", "--kills", "20"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    counts = [int(line.split("│")[2]) for line in done.stdout.splitlines() if "│" in line]
    assert sum(counts) >= 20
    assert all(counts), done.stdout
    assert "database damaged 0 times; of 143 items 0 lost, 0 doubled" in done.stdout
