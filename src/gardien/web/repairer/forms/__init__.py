"""What the counter types: a module a page, its forms. Forms validate and never save."""
