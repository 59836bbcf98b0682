"""Where candidates come from: one module a kind of source, fetching and parsing apart.

``source`` holds the protocol that all share and the outcomes that they are told apart by.
Parsers take bytes and give raw items; they touch neither network nor clock nor database, so a
saved page can be parsed again at any time. What two items have to do with each other is none of
this folder's business.
"""
