"""Offers of files, and their bytes: what both sides decide."""
