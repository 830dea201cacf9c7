"""Components that every door uses."""
