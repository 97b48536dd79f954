"""Untrusted text: what may be shown, used as a file name, or confused with another name."""
