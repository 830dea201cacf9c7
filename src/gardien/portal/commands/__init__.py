"""The commands of `gardien`, one module each, imported once Django is loaded."""
