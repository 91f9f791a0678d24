"""The window of "Score fills": what is asked, the table of methods, and their pictures."""
