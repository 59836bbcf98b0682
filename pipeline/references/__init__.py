"""Reference lists: hand-kept lists of the field as examples of what the newsletter is about.

``reading`` recognises what a list is written in and hands it to the reader of that: ``markdown``
("awesome" lists), ``web_page``, ``bibtex`` or ``ids`` (one a line). All of these are pure and
total: whatever the text is, they give what was found in it. ``found`` says what a title is.
``adding`` fetches a list and keeps it.
"""
