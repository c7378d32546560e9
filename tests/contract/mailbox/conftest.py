"""The contract's parties: our small server, and Debian's Dovecot."""

from contextlib import ExitStack
from uuid import uuid4

import pytest

from cadenced.shell.mailbox import Mailbox
from tests.contract.mailbox.rooms import DovecotRoom, small_room
from tests.interop.mail import dovecot_alone, why_not

SERVERS = [
    "small",
    pytest.param(
        "dovecot", marks=[pytest.mark.interop, pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can run")]
    ),
]


@pytest.fixture(scope="session")
def dovecot():
    """Ready, and what keeps it running."""
    with dovecot_alone() as server, ExitStack() as running:
        running.enter_context(server.up())
        yield server, running


@pytest.fixture(params=SERVERS)
async def room(request, tmp_path):
    if request.param == "small":
        async with small_room(tmp_path) as room:
            yield room
    else:
        server, running = request.getfixturevalue("dovecot")
        yield await DovecotRoom(server, running, f"Antworten & Rückfragen {uuid4()}").made()
        if server.child.process.poll() is not None:
            running.enter_context(server.up())


@pytest.fixture
async def mailbox():
    mailbox = Mailbox(patience=20)
    yield mailbox
    await mailbox.close()
