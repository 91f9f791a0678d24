"""The names that data sets give to their splits."""

SPLITS = {
    "train": "train",
    "training": "train",
    "valid": "valid",
    "val": "valid",
    "validation": "valid",
    "dev": "valid",
    "test": "test",
    "testing": "test",
}
"""What folders and arrays are called in lower case, and the split that they are."""
