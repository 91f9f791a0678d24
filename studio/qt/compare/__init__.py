"""Original and augmented picture side by side: what is shown, and what is rendered for it."""
