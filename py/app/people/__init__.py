"""Who this page knows."""
