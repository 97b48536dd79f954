"""Text from strangers: what may be shown of it, saved under it, and mistaken for another."""
