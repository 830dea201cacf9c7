"""What each person was told and agreed to."""
