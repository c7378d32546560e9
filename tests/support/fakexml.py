"""The fake server's replies in XML."""

from aiohttp import web


def refusal(href: str, code: int) -> str:
    return f"<d:response><d:href>{href}</d:href><d:status>HTTP/1.1 {code} x</d:status></d:response>"


def response(href: str, props: str) -> str:
    ok = "<d:status>HTTP/1.1 200 OK</d:status>"
    return f"<d:response><d:href>{href}</d:href><d:propstat><d:prop>{props}</d:prop>{ok}</d:propstat></d:response>"


def multistatus(members: list[str], token: str = "") -> web.Response:
    spaces = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'
    end = f"<d:sync-token>{token}</d:sync-token>" if token else ""
    text = f'<?xml version="1.0"?><d:multistatus {spaces}>{"".join(members)}{end}</d:multistatus>'
    return web.Response(status=207, text=text, content_type="application/xml")
