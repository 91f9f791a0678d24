"""Finding missing pixels: the rules in the recipe's pane, the mask on the canvas."""
