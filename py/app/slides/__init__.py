"""Slides: what this page presents, and what it watches."""
