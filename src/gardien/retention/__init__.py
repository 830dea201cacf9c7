"""What time takes back: due, held, archived, anonymised; and what a restored backup must give up again."""
