"""A store of each test's own."""

import pytest

from cadenced.shell.store import Store


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.db"


@pytest.fixture
def store(path):
    store = Store.open(path)
    yield store
    store.close()
