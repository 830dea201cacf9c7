"""What time takes back."""
