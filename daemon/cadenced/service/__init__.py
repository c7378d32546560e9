"""The composition root: the only room where shells meet. `python -m cadenced` comes here through cli/."""
