"""Files in the browser: those that are sent, where those that arrive land, and saving them."""
