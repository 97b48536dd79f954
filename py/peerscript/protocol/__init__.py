"""Decisions only: bytes and values in, bytes and values out. No await, no browser, no clock."""
