"""A web that misbehaves on demand, and nights over it beside sources that are well.

``python -m tests.faults`` runs a night over each fault and writes ``docs/reliability.md``;
``tests/crawlers/test_hostile_web.py`` runs a selection. The faults stand in ``wire`` (what is
wrong with the connection), ``documents`` (what is wrong with what comes over it) and are gathered
in ``catalogue``.
"""
