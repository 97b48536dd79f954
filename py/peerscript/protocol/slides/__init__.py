"""The protocol between a presenter and its viewers, without I/O."""
