"""Keeping the program and its database well, year after year.

    backup.py    a copy of the database while it is in use, and the way back
    prune.py     letting go of old answers of sources
    doctor.py    is everything as it should be: one line a check, and what to do
    hosts.py     do the hosts of the sources answer
    cron.py      the line of the crontab

The runs themselves are started by ``pipeline.schedule``, cron or systemd (docs/operations.md).
"""
