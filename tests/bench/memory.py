"""The memory of a night by its number of sources: ``python -m tests.bench.memory 100 1000 5000``.

Collecting up to stories, cold and then with everything unchanged, over the generated feeds of
``tests.bench.server``, each size in a process of its own. What a night needs must not grow with
how much it is asked to read: only the sources themselves and what is remembered of them may.
"""

from __future__ import annotations

import sys

from tests.bench.__main__ import measure, server

SIZES = (100, 1000, 5000)


def main(sizes: list[int]) -> None:
    """Print the peak of each size, and what a source costs beyond the first size."""
    print(f"{'sources':>8} {'MB':>6} {'kB a further source':>20} {'cold s':>8}")
    first: tuple[int, float] | None = None
    for size in sizes:
        with server(size) as base:
            result = measure("ours", base, size)
        memory = float(result["memory"])
        each = f"{(memory - first[1]) * 1024 / (size - first[0]):.1f}" if first else ""
        print(f"{size:8} {memory:6.0f} {each:>20} {result['cold']['wall']:8.1f}", flush=True)
        first = first or (size, memory)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))
