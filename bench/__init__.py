"""How fast PeerScript is, as ratios to plain PeerJS in the same run: `nox -s bench`."""
