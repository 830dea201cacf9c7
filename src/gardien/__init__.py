"""Gardien: the promise is the program."""
