"""What Postfix writes when a mail comes back or is late (tests/support/reports, as it wrote them), and what we read."""

from pathlib import Path

import pytest

from cadenced.wire.deliveries import Outcome
from cadenced.wire.received import read

FOLDER = Path(__file__).parents[2] / "support" / "reports"


@pytest.mark.parametrize(
    ("name", "cause", "outcome", "status", "to"),
    [
        ("unknown", "unknown", Outcome.FAILED, "5.1.1", "left@gone.cadence.test"),
        ("full", "full", Outcome.FAILED, "5.2.2", "full@cadence.test"),
        ("delayed", "late", Outcome.DELAYED, "4.4.1", "late@slow.cadence.test"),
        ("expired", "late", Outcome.FAILED, "4.4.1", "late@slow.cadence.test"),
    ],
)
def test_a_report_names_the_mail_the_address_and_what_became_of_it(name, cause, outcome, status, to):
    received = read((FOLDER / f"{name}.eml").read_bytes())
    (delivery,) = received.report.deliveries
    assert received.report.message_id == f"<{cause}@cadence.test>"
    assert (delivery.outcome, delivery.status, delivery.recipient) == (outcome, status, to)
    assert received.automatic
