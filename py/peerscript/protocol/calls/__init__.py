"""Calls: what two pages say to each other, and what follows from it."""
