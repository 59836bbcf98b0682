"""What takes longer than a test: runs that go on for minutes, and print what happened."""
