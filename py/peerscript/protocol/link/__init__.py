"""What two pages of a Link decide and say: handshake, journal, delivery, heartbeat."""
