"""A calendar on a server, as a value: what stands where, and what was ever taken away.

An ETag names a body and a sync-token a whole calendar, as with Radicale and Xandikos: so equal calendars are one state.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from cadenced.core.accounts import Resource, SyncResult
from cadenced.core.errors import ConflictError
from cadenced.wire.ical import observe


class Kind(StrEnum):
    """How a server answers a sync-token."""

    TELLS = "tells"  # also of what came and went since (Radicale, Cyrus)
    HIDES = "hides"  # what came and went since (Xandikos)
    FORGETS = "forgets"  # every token: it lists everything, always


class Shelf(NamedTuple):
    """`bodies` by name, in order; `gone` counts how often something was taken away there."""

    bodies: tuple[tuple[str, str], ...] = ()
    gone: tuple[tuple[str, int], ...] = ()

    def get(self, name: str) -> str | None:
        return dict(self.bodies).get(name)

    def put(self, name: str, body: str) -> "Shelf":
        return self._replace(bodies=tuple(sorted({**dict(self.bodies), name: body}.items())))

    def remove(self, name: str) -> "Shelf":
        kept = {key: body for key, body in self.bodies if key != name}
        gone = dict(self.gone)
        return Shelf(tuple(sorted(kept.items())), tuple(sorted({**gone, name: gone.get(name, 0) + 1}.items())))


class Care(NamedTuple):
    """What a server looks at before it writes: taken away, one by one, by those who ask what it is good for."""

    if_match: bool = True
    if_none_match: bool = True
    one_name: bool = True  # for each meeting; without, every creation gets a name of its own, as random UIDs would


NAMES: dict[str, str] = {}  # of bodies: their ETags
SHELVES: dict[Shelf, str] = {}  # their sync-tokens
BY_TOKEN: dict[str, Shelf] = {}


def etag_of(body: str) -> str:
    return NAMES.setdefault(body, f'"{len(NAMES) + 1}"')


def token_of(shelf: Shelf) -> str:
    if shelf not in SHELVES:
        token = SHELVES[shelf] = f"t{len(SHELVES) + 1}"
        BY_TOKEN[token] = shelf
    return SHELVES[shelf]


def resource(folder: str, name: str, body: str) -> Resource:
    return Resource(folder + name, etag_of(body), body)


def sync(shelf: Shelf, folder: str, kind: Kind, token: str, known: Mapping[str, str]) -> SyncResult:
    now = token_of(shelf)
    full = not token or (kind is Kind.FORGETS and token != now)
    before = Shelf() if full else BY_TOKEN[token]
    bodies, was, gone, went = dict(shelf.bodies), dict(before.bodies), dict(shelf.gone), dict(before.gone)
    listed = {name for name in bodies if full or bodies[name] != was.get(name) or gone.get(name) != went.get(name)}
    removed = set() if full else was.keys() - bodies.keys()
    if kind is Kind.TELLS and not full:
        removed |= {name for name in gone if gone[name] != went.get(name)} - bodies.keys()
    there = [resource(folder, name, bodies[name]) for name in sorted(listed)]
    changed = tuple(each for each in there if known.get(each.href) != each.etag)
    unchanged = tuple(each.href for each in there if known.get(each.href) == each.etag)
    return SyncResult(now, changed, tuple(sorted(folder + name for name in removed)), unchanged, full)


def create(shelf: Shelf, name: str, body: str, care: Care) -> tuple[Shelf, str]:
    """The shelf then, and the name under which it stands (RFC 4791 §5.3.2)."""
    if not care.one_name:
        taken = {key for key, _ in (*shelf.bodies, *shelf.gone)}
        name = next(each for n in range(99) if (each := f"{n}-{name}") not in taken)
    elif care.if_none_match:
        uid = observe(body).uid
        if shelf.get(name) is not None or any(observe(other).uid == uid for _, other in shelf.bodies):
            raise ConflictError(f"{name} is taken")
    return shelf.put(name, body), name


def update(shelf: Shelf, name: str, body: str, etag: str, care: Care) -> Shelf:
    there = shelf.get(name)
    if care.if_match and (there is None or etag_of(there) != etag):
        raise ConflictError(f"{name} is not what it was")
    return shelf.put(name, body)


def delete(shelf: Shelf, name: str, etag: str, care: Care) -> Shelf:
    there = shelf.get(name)
    if there is None:
        return shelf
    if care.if_match and etag_of(there) != etag:
        raise ConflictError(f"{name} is not what it was")
    return shelf.remove(name)
