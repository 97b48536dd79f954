"""What a presenter and its viewers say to each other, and what follows from it."""
