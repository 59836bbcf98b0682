"""What the program is told: settings, the sources that ship, and the exception tree.

Nothing here reads the network or the database; every other folder imports from here and this
folder imports from none of them.
"""
