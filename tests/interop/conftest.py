"""Postfix and Dovecot for the tests of this folder: started once."""

import pytest

from cadenced.shell.mailbox import Mailbox
from tests.interop.mail import mail_servers, why_not


def pytest_collection_modifyitems(items):
    """All of them need both servers."""
    here = __name__.rpartition(".")[0]
    reason = why_not()
    for item in items:
        if item.module.__name__.startswith(here):
            item.add_marker(pytest.mark.interop)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def servers():
    """(Postfix, Dovecot), running."""
    with mail_servers() as both:
        yield both


@pytest.fixture
def postfix(servers):
    return servers[0]


@pytest.fixture
def dovecot(servers):
    return servers[1]


@pytest.fixture
async def mailbox():
    mailbox = Mailbox(patience=20)
    yield mailbox
    await mailbox.close()
