"""Our speed beside that of albumentations: `python -m tests.benchmarks.peers --help`."""

import os

# Otherwise it asks the network for its newest version when it is imported, in every process.
os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
