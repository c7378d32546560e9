"""An in-memory CalDAV server, as an aiohttp application: for the contract suite, for faults, and for the simulation.

What people do in their calendar apps is in FakeCalendar. No clock of its own, no global state.
"""

import asyncio
import base64
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from aiohttp import web
from lxml import etree

from tests.support import fakebusy
from tests.support.fakecalendar import FakeCalendar
from tests.support.fakexml import multistatus, refusal, response

D = "{DAV:}"
READS = frozenset({"GET", "PROPFIND", "REPORT", "OPTIONS", "POST"})  # POST asks when others are free
_TOKEN = re.compile(r"http://sync/(\d+)")
_COLLECTION = "<d:collection/>"


@dataclass
class Faults:
    """What a server may do to us; a test sets these."""

    status: int = 0  # answer everything with it
    retry_after: str = ""
    weak: bool = False  # ETags
    silent_put: bool = False  # no ETag on PUT
    rewrites: bool = False  # and stores something else than what was sent
    lost_replies: int = 0  # so many PUTs take effect and then cut the line
    lost_deletions: int = 0  # so many DELETEs likewise
    unanswered: int = 0  # so many PUTs take effect and are never answered
    refuses_writes: int = 0  # answer PUT and DELETE with it
    careless: bool = False  # as SOGo: overlooks If-None-Match, If-Match on DELETE, and If-Match where nothing is
    forgets_tokens: bool = False  # 403 to any token
    lists_all: bool = False  # a full listing to any token
    omits: bool = False  # multiget leaves missing hrefs out
    page: int = 0  # members in one sync reply; 0: all
    hides_added_then_deleted: bool = False
    redirect: str = ""
    hangs: bool = False  # never answers
    instead: Callable[[web.Request], web.StreamResponse | None] | None = None  # any other answer


class FakeDav:
    """Users with a home at /USER/ and calendars in it. `requests` counts by method; `defaults` are default calendars,
    and `addresses` what else the server knows somebody by, both by user.
    """

    def __init__(self, users: dict[str, str], now: Callable[[], datetime]) -> None:
        self.users, self.now = {}, now
        self.homes: dict[str, dict[str, FakeCalendar]] = {}
        for user, password in users.items():
            self.add(user, password)
        self.defaults: dict[str, str] = {}
        self.addresses: dict[str, list[str]] = {}
        self.faults = Faults()
        self.requests: dict[str, int] = {}
        self.app = web.Application(client_max_size=8 << 20)
        self.app.router.add_route("*", "/{path:.*}", self._handle)

    def add(self, user: str, password: str) -> None:
        self.users[user] = password
        self.homes[user] = {"default": FakeCalendar("Personal", self.now)}

    @property
    def writes(self) -> int:
        return sum(count for method, count in self.requests.items() if method not in READS)

    def calendar(self, user: str, name: str = "default") -> FakeCalendar:
        return self.homes[user][name]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests[request.method] = self.requests.get(request.method, 0) + 1
        if (answer := await self._fault(request)) is not None:
            return answer
        user = self._user(request)
        if user is None:
            return web.Response(status=401, headers={"WWW-Authenticate": "Basic"})
        parts = [part for part in request.match_info["path"].split("/") if part]
        if request.path == "/.well-known/caldav":
            return web.Response(status=301, headers={"Location": "/"})
        if request.method == "PROPFIND" and len(parts) < 2:
            return self._discovery(request, user, parts)
        if not parts or parts[0] != user:
            return web.Response(status=403)
        if len(parts) == 2:
            return await self._collection(request, user, parts[1])
        calendar = self.homes[user].get(parts[1])
        if calendar is None:
            return web.Response(status=409 if request.method == "PUT" else 404)
        return await self._resource(request, calendar, parts[2])

    async def _fault(self, request: web.Request) -> web.StreamResponse | None:
        faults = self.faults
        if faults.hangs:
            await asyncio.Event().wait()
        if faults.instead is not None and (answer := faults.instead(request)) is not None:
            return answer
        if faults.status:
            return web.Response(status=faults.status, headers={"Retry-After": faults.retry_after})
        if faults.redirect:
            return web.Response(status=301, headers={"Location": faults.redirect})
        if faults.refuses_writes and request.method not in READS:
            return web.Response(status=faults.refuses_writes)
        return None

    def _user(self, request: web.Request) -> str | None:
        try:
            login = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        except (KeyError, ValueError):
            return None
        user, _, password = login.partition(":")
        return user if self.users.get(user) == password else None

    def _discovery(self, request: web.Request, user: str, parts: list[str]) -> web.Response:
        if parts and parts[0] != user:
            return web.Response(status=403)
        props = _kind(_COLLECTION) + _href("d:current-user-principal", f"/{user}/")
        if parts:
            props += _href("c:calendar-home-set", f"/{user}/") + _href("c:schedule-inbox-URL", f"/{user}/inbox/")
            if known := "".join(f"<d:href>{each}</d:href>" for each in self.addresses.get(user, ())):
                props += f"<c:calendar-user-address-set>{known}</c:calendar-user-address-set>"
        members = [response(f"/{user}/" if parts else "/", props)]
        if parts and request.headers.get("Depth") == "1":
            members += [_calendar(user, name, calendar) for name, calendar in self.homes[user].items()]
        return multistatus(members)

    async def _collection(self, request: web.Request, user: str, name: str) -> web.Response:
        if request.method == "MKCALENDAR":
            return await self._make(request, user, name)
        if name == "inbox" and user in self.defaults:
            default = _href("c:schedule-default-calendar-URL", f"/{user}/{self.defaults[user]}/")
            return multistatus([response(f"/{user}/inbox/", _kind(_COLLECTION) + default)])
        calendar, path = self.homes[user].get(name), f"/{user}/{name}/"
        if calendar is None:
            return web.Response(status=404)
        if request.method == "DELETE":
            del self.homes[user][name]
            return web.Response(status=204)
        if request.method == "PROPFIND":
            members = [] if request.headers.get("Depth") == "0" else self._members(path, calendar, calendar.bodies)
            return multistatus([_calendar(user, name, calendar), *members])
        if request.method != "REPORT":
            return web.Response(status=405)
        root = etree.fromstring(await request.read())
        if root.tag in fakebusy.REPORTS:
            return fakebusy.answer(root.tag, path, calendar)
        if root.tag == f"{D}sync-collection":
            return self._sync(path, calendar, root.findtext(f"{D}sync-token") or "")
        return self._multiget(calendar, [href.text for href in root.iterfind(f"{D}href")])

    async def _make(self, request: web.Request, user: str, name: str) -> web.Response:
        if name in self.homes[user]:
            return web.Response(status=405)
        body = await request.read()
        label = etree.fromstring(body).findtext(f".//{D}displayname") if body else None
        self.homes[user][name] = FakeCalendar(label or name, self.now)
        return web.Response(status=201)

    def _members(self, path: str, calendar: FakeCalendar, names: Iterable[str]) -> list[str]:
        return [response(path + name, f"<d:getetag>{self._etag(calendar, name)}</d:getetag>") for name in names]

    def _sync(self, path: str, calendar: FakeCalendar, token: str) -> web.Response:
        end, begin = len(calendar.log), _TOKEN.fullmatch(token)
        if token and (self.faults.forgets_tokens or begin is None):
            return web.Response(status=403, text='<d:error xmlns:d="DAV:"><d:valid-sync-token/></d:error>')
        start = int(begin[1]) if begin else 0
        if self.faults.page:
            end = min(end, start + self.faults.page)
        log = calendar.log[start:end]
        listed = dict.fromkeys(name for name, _ in log)
        if (not token and not self.faults.page) or self.faults.lists_all:
            listed = dict.fromkeys(calendar.bodies)
        elif self.faults.hides_added_then_deleted:
            first = dict(reversed(log))
            listed = {name: None for name in listed if name in calendar.bodies or first[name]}
        gone = [refusal(path + name, 404) for name in listed if name not in calendar.bodies]
        members = self._members(path, calendar, [name for name in listed if name in calendar.bodies])
        if end < len(calendar.log):
            members.append(refusal(path, 507))
        return multistatus([*members, *gone], token=f"http://sync/{end}")

    def _multiget(self, calendar: FakeCalendar, hrefs: list[str]) -> web.Response:
        members = []
        for href in hrefs:
            name = href.rpartition("/")[2]
            if name in calendar.bodies:
                etag, data = self._etag(calendar, name), escape(calendar.bodies[name])
                members.append(
                    response(href, f"<d:getetag>{etag}</d:getetag><c:calendar-data>{data}</c:calendar-data>")
                )
            elif not self.faults.omits:
                members.append(refusal(href, 404))
        return multistatus(members)

    async def _resource(self, request: web.Request, calendar: FakeCalendar, name: str) -> web.StreamResponse:
        there = name in calendar.bodies
        if request.method == "GET":
            if not there:
                return web.Response(status=404)
            headers = {"ETag": self._etag(calendar, name)}
            return web.Response(text=calendar.bodies[name], content_type="text/calendar", headers=headers)
        if request.method not in ("PUT", "DELETE"):
            return web.Response(status=405)
        if not calendar.writable:
            return web.Response(status=403)
        if not self._may(request, calendar.etags.get(name)):
            return web.Response(status=412)
        if request.method == "PUT":
            return await self._put(request, calendar, name, there)
        if there:
            calendar.remove(name)
        if self.faults.lost_deletions:
            self.faults.lost_deletions -= 1
            request.transport.abort()
        return web.Response(status=204 if there else 404)

    def _may(self, request: web.Request, etag: str | None) -> bool:
        """Whether the preconditions hold (RFC 9110 §13.1)."""
        wanted = request.headers.get("If-Match")
        if self.faults.careless:
            return wanted is None or request.method == "DELETE" or etag in (None, wanted)
        return not (request.headers.get("If-None-Match") == "*" and etag) and wanted in (None, etag)

    async def _put(self, request: web.Request, calendar: FakeCalendar, name: str, there: bool) -> web.StreamResponse:
        body = (await request.read()).decode()
        if "BEGIN:VEVENT" not in body:
            return web.Response(status=400)
        if calendar.uid_elsewhere(name, body):
            return web.Response(status=409)
        if self.faults.rewrites:
            body = body.replace("END:VEVENT", "CLASS:PUBLIC\r\nEND:VEVENT")
        calendar.put(name, body)
        if self.faults.lost_replies:
            self.faults.lost_replies -= 1
            request.transport.abort()
        if self.faults.unanswered:
            self.faults.unanswered -= 1
            await asyncio.Event().wait()
        silent = self.faults.silent_put or self.faults.rewrites
        return web.Response(
            status=204 if there else 201, headers={} if silent else {"ETag": self._etag(calendar, name)}
        )

    def _etag(self, calendar: FakeCalendar, name: str) -> str:
        return ("W/" if self.faults.weak else "") + calendar.etags[name]


def _calendar(user: str, name: str, calendar: FakeCalendar) -> str:
    may = "<d:write/>" if calendar.writable else "<d:read/>"
    return response(
        f"/{user}/{name}/",
        _kind(f"{_COLLECTION}<c:calendar/>")
        + f"<d:displayname>{escape(calendar.name)}</d:displayname>"
        + f'<c:supported-calendar-component-set><c:comp name="{calendar.holds}"/></c:supported-calendar-component-set>'
        + f"<d:current-user-privilege-set><d:privilege>{may}</d:privilege></d:current-user-privilege-set>"
        + _href("d:current-user-principal", f"/{user}/")
        + ("<c:schedule-calendar-transp><c:transparent/></c:schedule-calendar-transp>" if calendar.transparent else "")
        + (f"<d:sync-token>http://sync/{len(calendar.log)}</d:sync-token>" if calendar.marked else ""),
    )


def _kind(kind: str) -> str:
    return f"<d:resourcetype>{kind}</d:resourcetype>"


def _href(prop: str, href: str) -> str:
    return f"<{prop}><d:href>{href}</d:href></{prop}>"
