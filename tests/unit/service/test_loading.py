"""What the daemon writes into its log of a configuration that is right, and yet may not do what is meant."""

from structlog.testing import capture_logs

from cadenced.config import load
from cadenced.service.loading import Loading

SETTINGS = '[smtp]\nhost = "localhost"\ntls = "none"\nsender = "a@example.org"\n[defaults]\ntimezone = "UTC"\n'
PAIRS = """\
[policies.standard]
face_to_face = { every = "1 month", minutes = 60 }
[people.maya]
name = "Maya"
email = "maya@example.org"
available = ["Mon-Fri 18:00-20:00"]
[people.jonas]
name = "Jonas"
email = "jonas@example.org"
[pairs.maya-jonas]
mentor = "maya"
protege = "jonas"
policy = "standard"
start = 2026-12-01
"""


def warned(loading) -> list[str]:
    with capture_logs() as lines:
        loading()
    assert all(line["log_level"] == "warning" for line in lines)
    return [line["warning"] for line in lines]


def test_two_people_who_can_never_meet_are_told_of_once_and_again_when_something_about_it_changed(tmp_path):
    (tmp_path / "cadenced.toml").write_text(SETTINGS)
    pairs = tmp_path / "pairs.toml"
    pairs.write_text(PAIRS)
    loading = Loading(load(tmp_path))
    [first] = warned(loading)
    assert first.startswith("pairs.maya-jonas: the hours of the two never overlap: Mon–Fri 18:00–20:00 in UTC and ")
    assert warned(loading) == []
    pairs.write_text(PAIRS.replace("18:00-20:00", "18:00-21:00"))
    [second] = warned(loading)
    assert "18:00–21:00" in second
    pairs.write_text(PAIRS.replace("18:00-20:00", "10:00-21:00"))
    assert warned(loading) == []
