"""Protocol logic without I/O: no await, no browser, no clock of its own."""
