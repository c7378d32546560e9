"""One browser for all tests of this folder, and the mails that they look at."""

from collections.abc import Iterator

import pytest

from tests.browser import chromium, setup
from tests.browser.chromium import Page


def pytest_collection_modifyitems(items):
    """Where `python -m tests.browser.setup check` was not run, these tests say so instead of failing."""
    if reason := setup.missing():
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def tab() -> Iterator[Page]:
    with chromium.page() as found:
        yield found
