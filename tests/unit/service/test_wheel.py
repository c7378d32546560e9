"""What one pair may do to the others: nothing."""

import dataclasses

from cadenced.core.errors import ConfigError
from tests.support.house import living
from tests.support.programme import pair, person


async def test_a_bug_in_the_turn_of_one_pair_is_told_and_the_others_go_on(tmp_path):
    """A zone that nobody has stands for a bug: the configuration refuses it, so nothing after it looks."""
    async with living(tmp_path, "maya", "jonas") as house:
        broken = dataclasses.replace(pair(name="broken"), timezone="Nowhere/Land")
        whole = pair(name="whole", protege=person("asha", "Asia/Kathmandu"))
        await house.runs(broken, whole)
        assert house.calendar("maya").events()
        (alert,) = await house.store.alerts()
        assert alert.key == "pair/broken/bug"
        assert "A bug of cadenced keeps broken from its turn" in alert.text
        await house.runs(pair(name="broken"), whole)
        assert await house.store.alerts() == []


async def test_an_error_that_no_turn_should_raise_keeps_one_pair_from_its_turn_and_no_other(tmp_path, monkeypatch):
    async with living(tmp_path, "maya", "jonas") as house:
        await house.loads(pair(name="broken"), pair(name="whole", protege=person("asha", "Asia/Kathmandu")))
        decide = house.wheel.decider.decide

        async def fails(names, *more, **said):
            if "broken" in names:
                raise ConfigError("smtp.ca_file cannot be used")
            return await decide(names, *more, **said)

        monkeypatch.setattr(house.wheel.decider, "decide", fails)
        await house.rests()
        assert house.calendar("maya").events()
        assert "keeps broken from its turn (ConfigError: smtp.ca_file" in (await house.alerts())["pair/broken/bug"].text
