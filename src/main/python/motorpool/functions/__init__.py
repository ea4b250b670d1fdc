"""Finds an author's functions, describes them by JSON Schema, and converts their arguments and results."""
