"""The command line. This package itself is light: the window's start may look at it too."""

COMMANDS = (
    "export",
    "verify",
    "undo",
    "apply",
    "check",
    "fill-score",
    "train",
    "generate",
    "ops",
    "tour",
)
