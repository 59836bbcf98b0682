"""What the score learns of the editor: features, models, and how they are laid on the rules."""
