"""Why a story stands where it does: its score, what it resembles, what ties its members.

A page of its own, since it costs more than all the rest; the script folds it into the story's.
"""

from __future__ import annotations

from flask import Blueprint, jsonify, make_response, render_template
from werkzeug.wrappers import Response

from pipeline.explaining import account_of, in_words
from pipeline.waterfall import waterfall
from pipeline.web.context import coming, desk, is_quick
from pipeline.web.deciding import story_id

page = Blueprint("why", __name__)


@page.get("/story/<story>/why")
def why(story: str) -> Response:
    """All that is to be said of a story's place and of its members."""
    store, settings, number = desk().store, desk().settings, story_id(story)
    found = waterfall(store, settings, coming(), number)
    shown = {
        "fall": found,
        "entry": found.entry,
        "account": account_of(store, settings, number),
        "in_words": in_words,
    }
    if is_quick():
        return jsonify({"parts": {"why": render_template("_story_why.html", **shown)}})
    return make_response(render_template("story_why.html", **shown))
