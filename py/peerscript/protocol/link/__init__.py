"""The protocol of a Link, without I/O: handshake, journal, delivery, heartbeat."""
