"""``python -m pipeline.cli``, as the scheduler starts a run."""

from pipeline.cli import main

main()
