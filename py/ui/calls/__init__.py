"""The call's tiles and controls."""
