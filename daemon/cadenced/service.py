"""The composition root: the only place where shells meet."""
