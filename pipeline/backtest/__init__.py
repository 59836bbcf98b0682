"""Walks the past to see how well the program would have chosen, and shows it.

``pool`` reads the past, ``stream`` has it step by step, ``walk`` computes and ``tally`` counts,
``growth`` walks with few issues known, ``result`` is what came out, ``numbers`` names its single
numbers, ``report`` (with ``plots``) makes a page of it, ``table`` prints it, ``compare`` sets two
of them side by side.
"""
