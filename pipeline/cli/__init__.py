"""The command line: ``briefing``.

Exit codes: 0 ok, 1 some sources failed (or a check found something), 2 usage, 3 cannot start.
Every error that the program knows is one line on standard error.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

import click

from config.errors import BriefingError
from pipeline.cli import (
    collecting,
    deciding,
    evaluating,
    joining,
    judging,
    looking,
    past,
    referring,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="embedded-ai-briefing", prog_name="briefing")
def briefing() -> None:
    """Collect, rank and draft a newsletter; the editor decides.

    A night: briefing nightly. A morning: briefing queue, accept, reject, edit, then export.
    """


for module in (collecting, deciding, evaluating, joining, judging, looking, past, referring):
    for command in module.COMMANDS:
        briefing.add_command(command)


def main() -> None:
    """Run the command line and turn known errors into a line and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese shows escapes, and ends nothing.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        briefing(standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        click.echo(f"briefing: cannot write the output: {error.strerror or error}", err=True)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(3)
    except BriefingError as error:
        click.echo(f"briefing: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("briefing: stopped; what was stored stays", err=True)
        sys.exit(130)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)


if __name__ == "__main__":
    main()
