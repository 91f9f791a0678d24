"""Data sets that are no folders of images: archives, and arrays of pixels with their labels."""
