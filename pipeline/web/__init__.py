"""The editor's desk in the browser: pages drawn on the server, actions as plain forms.

``app`` puts it together, ``serving`` listens, ``security`` decides what may come in and what a
page may do, ``login`` who is there. ``context`` is what a page knows when it is asked for
something (the store, the settings, who asks, the time), ``answers`` what it says after an action,
``wording`` the desk's own words, ``reading`` how a value from outside is shown.

The pages::

    queue, rows, views, deciding     the queue: rows, filters, decisions as forms ask for them
    story, story_page, story_text    one story: its page; what is typed, previewed and saved
    why                              its score taken apart
    issue, board, preface, output    the issue: its order; title and 导读; check, export, publish
    adding                           a link by hand
    sources, charts                  health of the sources, and plots over time
    history, history_of              what was done by whom; a story from sight to print

Each page is one module with a blueprint called ``page``, listed in ``app.PAGES``, with a template
and, where a key or a drag needs it, a script that builds on ``static/desk.js``. A form works
without any script; a form marked ``data-quick`` is sent in the background where there is one, and
``answers.done`` answers both. What decisions mean is the business of ``pipeline.desk``.
"""
