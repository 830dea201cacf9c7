"""What was offered."""
