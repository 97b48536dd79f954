"""This page as others reach it: PeerJS's Peer, its session at the broker, incoming connections."""
