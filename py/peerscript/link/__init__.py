"""Authenticated sessions between two PeerScript pages, over broken paths and reloads."""
