"""The desk in a real browser: Debian's Chromium, driven by Playwright, over the demo's night.

A machine without Chromium fails these tests; ``make test`` installs it where it can.
"""
