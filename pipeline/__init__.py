"""From raw items to an issue in Markdown.

A night (``nightly``) collects what sources say (``collect``), makes it comparable (``normalise``,
``identity``), holds each answer against the source's own history (``alerts``), puts what is about
one thing into one story (``stories`` over the store, ``joining`` for what is decided), scores the
stories by rules (``score``) and by what was picked before (``taste``), and learns anew. The
``queue`` ranks and drafts them (``draft``), ``desk`` and ``gathering`` take the editor's decisions,
merges and splits, and ``issue`` puts together what ``export`` writes. ``evaluation`` and
``backtest`` judge all of it; ``cli`` is its face.
"""
