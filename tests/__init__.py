"""The tests; a regular package, because an installed one of the same name would be taken for it."""
