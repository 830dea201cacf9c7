"""What can be decided about a tyre without a database: its designation, its price, a line of a price list."""
