"""Named reads of retention: what is due, what is kept and why."""
