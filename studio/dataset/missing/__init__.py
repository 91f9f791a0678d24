"""Missing pixels of a data set's images: found, measured, and what may stand for them."""
