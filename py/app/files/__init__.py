"""Files between people."""
