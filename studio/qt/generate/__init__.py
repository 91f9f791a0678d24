"""The page that makes images with a trained generator and puts them into a data set."""
