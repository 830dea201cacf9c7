"""Where each person stands: what moved their clock, what froze them, what is held."""
