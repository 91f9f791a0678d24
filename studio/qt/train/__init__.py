"""The page that trains a GAN: what to train, how it goes, and the runs there are."""
