"""Named reads of retention."""
