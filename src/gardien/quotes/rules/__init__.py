"""Pure decisions of quotes: `money` (amounts and VAT), `vocabulary` (states, numbers, validity)."""
