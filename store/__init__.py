"""What is remembered: the program's words as types, and SQLite.

``models`` holds the words, ``database`` the connection, ``migrations`` the tables; every other
module turns one topic's rows into models and back. No module here decides anything.
"""
