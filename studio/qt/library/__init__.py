"""The pane of the open data set."""
