"""The command line: ``briefing``.

Exit codes: 0 ok, 1 some sources failed or raised an alert (or a check found something), 2 usage,
3 cannot start or go on. Every error that the program knows is one line on standard error; one that
it does not know is a mistake of ours, shown with where it was made.
"""

from __future__ import annotations

import logging
import os
import sys
from io import TextIOWrapper

import click

from config.errors import BriefingError
from pipeline import logs
from pipeline.cli import (
    alerting,
    collecting,
    deciding,
    evaluating,
    joining,
    judging,
    keeping,
    looking,
    past,
    publishing,
    referring,
    reviewing,
    serving,
    teaching,
)

logger = logging.getLogger(__name__)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="embedded-ai-briefing", prog_name="briefing")
def briefing() -> None:
    """Collect, rank and draft a newsletter; the editor decides.

    A night: briefing nightly. A morning: briefing queue, accept, reject, edit, then export.
    """


for module in (
    alerting,
    collecting,
    deciding,
    evaluating,
    joining,
    judging,
    keeping,
    looking,
    past,
    publishing,
    referring,
    reviewing,
    serving,
    teaching,
):
    for command in module.COMMANDS:
        briefing.add_command(command)


def main() -> None:
    """Run the command line and turn known errors into a line and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese shows escapes, and ends nothing.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    with logs.shown():
        code = _run()
    if code:
        sys.exit(code)


def _run() -> int:
    try:
        briefing(standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        logs.complain(f"cannot write the output: {error.strerror or error}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 3
    except BriefingError as error:
        logs.complain(str(error))
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        logs.complain("stopped; what was stored stays")
        return 130
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except Exception:
        logger.exception("a mistake in this program; what was stored stays")
        return 3
    return 0


if __name__ == "__main__":
    main()
