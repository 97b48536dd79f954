"""Calls between people."""
