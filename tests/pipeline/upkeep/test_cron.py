"""The line of the crontab, and putting it in: with a small program in the place of crontab(1)."""

from __future__ import annotations

import os
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.errors import InputError, MachineError
from config.load import load_settings
from pipeline.demo import CONFIG
from pipeline.timetable import Timetable
from pipeline.upkeep.cron import cron_line, install

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DATABASE = Path("/srv/a/briefing.db")
PROGRAM = ["/opt/b/briefing", "nightly"]
TAIL = (
    "/opt/b/briefing nightly{} >> /srv/a/nightly.log 2>&1 # briefing nightly of /srv/a/briefing.db"
)


def settings(nightly: str = "30 3 * * *", zone: str = "Asia/Shanghai"):
    overrides = {"schedule": {"nightly": nightly}, "newsletter": {"timezone": zone}}
    return load_settings(CONFIG, overrides=overrides, environment=False)


@pytest.fixture
def machine(monkeypatch):
    """Set the zone of this machine's clock."""

    def set_zone(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


def line(given, program=PROGRAM, database=DATABASE) -> str:
    return cron_line(given, program, folder=Path("/srv/a"), database=database, now=NOW)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Taipei", "Australia/Perth"])
def test_where_the_clocks_always_agree_the_line_has_the_schedules_fields(machine, zone):
    machine(zone)
    assert line(settings()) == "30 3 * * * cd /srv/a && " + TAIL.format("")


@pytest.mark.parametrize(
    ("nightly", "here", "there", "fields"),
    [
        ("30 3 * * *", "UTC", "Asia/Shanghai", "30"),
        ("30 3 * * *", "America/New_York", "Europe/Berlin", "30"),
        ("30 3 * * *", "UTC", "Asia/Kolkata", "0"),
        # Half an hour of daylight saving: two minutes of the hour over the year.
        ("15 3 * * *", "UTC", "Australia/Lord_Howe", "15,45"),
        ("0,20 3 * * 1", "UTC", "Asia/Kathmandu", "15,35"),
        # The same zone, but cron would take either field for the day for enough.
        ("30 3 1 * 1", "Asia/Shanghai", "Asia/Shanghai", "30"),
    ],
)
def test_where_they_do_not_cron_asks_every_hour_at_the_right_minute(
    machine, nightly, here, there, fields
):
    machine(here)
    assert line(settings(nightly, there)) == f"{fields} * * * * cd /srv/a && " + TAIL.format(
        " --if-due"
    )


def test_every_due_time_of_a_year_is_one_at_which_cron_asks(machine):
    machine("America/New_York")
    given = settings("30 2 * * *", "Europe/Berlin")
    minutes = {int(minute) for minute in line(given).split()[0].split(",")}
    for due in Timetable.of(given).following(NOW):
        assert due.astimezone(ZoneInfo("America/New_York")).minute in minutes
        if due > NOW + timedelta(days=366):
            break


def test_seconds_are_refused():
    with pytest.raises(InputError, match="cron knows no seconds"):
        line(settings("0 30 3 * * *"))


def test_blanks_and_percent_signs_survive_shell_and_cron(machine):
    machine("Asia/Shanghai")
    written = line(settings(), ["/opt/my b/50%/briefing", "nightly"], Path("/srv/a b/x.db"))
    command = written.split(maxsplit=5)[5]
    assert "%" not in command.replace("\\%", "")
    shown = command.replace("\\%", "%").split(" && ")[1].replace("'/opt/my b/50%/briefing'", "echo")
    shown = shown.split(" >> ")[0]
    said = subprocess.run(["sh", "-c", shown], capture_output=True, text=True, check=True)
    assert said.stdout == "nightly\n"


CRONTAB = """#!/bin/sh
# As Vixie cron and cronie do: -l fails where there is none, - takes standard input.
case "$1" in
-l) if [ -f "$FAKE" ]; then cat "$FAKE"; else echo "no crontab for $USER" >&2; exit 1; fi ;;
-) cat > "$FAKE" ;;
esac
"""


@pytest.fixture
def crontab(tmp_path, monkeypatch) -> Path:
    """The file that the crontab is in."""
    program = tmp_path / "bin" / "crontab"
    program.parent.mkdir()
    program.write_text(CRONTAB)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("FAKE", str(tmp_path / "crontab"))
    kept: Path = tmp_path / "crontab"
    return kept


def test_the_first_line_of_a_crontab(crontab):
    assert install("30 3 * * * x # briefing nightly of /srv/a/briefing.db", DATABASE)
    assert crontab.read_text() == "30 3 * * * x # briefing nightly of /srv/a/briefing.db\n"


OTHERS = """# my own
MAILTO=me@example.org

@daily /usr/bin/true
0 1 * * * backup # briefing nightly of /srv/other/briefing.db
5 5 * * * echo "# briefing nightly of /srv/a/briefing.db" too"""


def test_other_lines_stay_as_they_are_and_ours_is_replaced_where_it_stands(crontab):
    crontab.write_text(OTHERS)  # without a line end, as some editors leave it
    mark = "# briefing nightly of /srv/a/briefing.db"
    assert install(f"30 3 * * * old {mark}", DATABASE)
    assert crontab.read_text() == f"{OTHERS}\n30 3 * * * old {mark}\n"
    crontab.write_text(f"30 3 * * * old {mark}\n{OTHERS}\n30 3 * * * doubled {mark}\n")
    assert install(f"0 4 * * * new {mark}", DATABASE)
    assert crontab.read_text() == f"0 4 * * * new {mark}\n{OTHERS}\n"
    assert not install(f"0 4 * * * new {mark}", DATABASE)
    assert crontab.read_text() == f"0 4 * * * new {mark}\n{OTHERS}\n"


def test_a_crontab_that_cannot_be_read_or_written_is_left_alone(crontab, tmp_path):
    program = tmp_path / "bin" / "crontab"
    program.write_text(
        "#!/bin/sh\necho 'you (x) are not allowed to use this program' >&2\nexit 1\n"
    )
    with pytest.raises(
        MachineError, match=r"crontab: you \(x\) are not allowed.*nothing was changed"
    ):
        install("x", DATABASE)


def test_a_machine_without_cron_is_told_what_else_there_is(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MachineError, match=r"no crontab program.*systemd or briefing schedule"):
        install("x", DATABASE)
