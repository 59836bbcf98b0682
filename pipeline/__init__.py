"""From raw items to an issue in Markdown."""
