"""Builds the page and serves it on this machine. `noxfile.py` calls it; nothing here ships."""
