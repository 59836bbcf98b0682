"""Walks the past to see how well the program would have chosen, and shows it.

``walk`` computes, ``result`` is what came out, ``numbers`` names its single numbers, ``report``
(with ``plots``) makes a page of it, ``table`` prints it, ``compare`` sets two of them side by side.
"""
