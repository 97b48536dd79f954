"""Messages with one other page: PeerJS's DataConnection."""
