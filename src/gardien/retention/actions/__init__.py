"""Taking back what time is over for."""
