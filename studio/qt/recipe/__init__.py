"""The pane of the recipe."""
