"""A package with a file of its own, since some wheels bring a top-level package of this name that would be found instead."""
