"""This page as others reach it: PeerJS's Peer, its broker, and who comes in."""
