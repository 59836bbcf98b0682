"""Measures how well the program decides, against what people labelled."""
