"""Collecting, measured beside the `reader` library: ``make bench``.

Both sides fetch, parse and store the same feeds from one server on loopback, each in a process
of its own, in turns. Ours goes all the way to stories in the queue's tables (raw items,
payloads, candidates, stories, search index); reader stores entries. Robots are asked, delays
are off on both sides.
"""
