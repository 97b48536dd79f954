"""The slides on the screen, the presenter's controls and the remote's."""
