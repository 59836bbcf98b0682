"""Alerts: what of a source should have been otherwise, and who is told.

``expectation`` says from a source's ledger how much it should have answered, ``silence`` whether
it has been without news for too long, ``rules`` what to make of an answer. ``watch`` holds that
against the alerts that are open; ``notices`` says what of it is to be told, ``wording`` how, and
``telling`` sends it by ``webhook`` and ``mail``. The rules are pure; what is stored is in
``store.alerts``.
"""
