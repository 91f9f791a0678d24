"""What is missing of a data set, and how well each fill restores what is not."""
