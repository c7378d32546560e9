"""Which certificate can't be trusted, why, and what is to be done about it: the same for all protocols.

Must never know what is said over the line that it protects.
"""

import asyncio
import ssl
from contextlib import suppress
from pathlib import Path

from cadenced.core.errors import UntrustedError

EARLY, EXPIRED = 9, 10  # X509_V_ERR_CERT_NOT_YET_VALID and _HAS_EXPIRED: of OpenSSL, like those below
OTHERS = frozenset({62, 64})  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
CLEAR = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE")  # OpenSSL's reasons, the second since 3.2
NAMES = ("DNS", "IP Address")  # by which a server may be called; other kinds name other things, and need not be texts
LOOK = 10.0  # seconds to see one


def untrusted(where: str, error: ssl.SSLCertVerificationError, section: str, ca_file: Path | None) -> UntrustedError:
    """What a human hears of a certificate of the server `where` that was refused, which `section` of cadenced.toml
    speaks of.
    """
    if error.verify_code in OTHERS:
        advice = f"Call the server in [{section}] by a name that stands in it"
    elif error.verify_code == EXPIRED:
        advice = "Whoever keeps the server must renew it"
    elif error.verify_code == EARLY:
        advice = "Look whether the clock of this machine is right"
    elif ca_file is not None:
        advice = f"{ca_file.name}, the ca_file of [{section}], does not hold whoever signed it"
    else:
        advice = f"If it is one of your own, name it with ca_file in [{section}]"
    why = error.verify_message.rstrip(".")
    return UntrustedError(f"{where}: its certificate cannot be trusted ({why}). {advice}")


def refused(error: BaseException) -> ssl.SSLCertVerificationError | None:
    """The refusal of a certificate that lies beneath an error, however libraries wrap it; None where there is none."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError) and hasattr(cause, "verify_code"):  # aiohttp's has none
            return cause
        cause = cause.__cause__ or cause.__context__
    return None


def greeted_in_clear(error: BaseException) -> bool:
    """Whether a server spoke first where TLS had to begin: its port wants STARTTLS, or none."""
    return getattr(error, "reason", "") in CLEAR


async def names_in(host: str, port: int, ca_file: Path | None) -> tuple[str, ...]:
    """The names in a server's certificate, if it is one that would be trusted under any of them. Nothing is said to the
    server. Never raises: it is for whoever looks into a refusal.
    """
    context = ssl.create_default_context(cafile=ca_file)
    context.check_hostname = False
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(LOOK):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
        held = writer.get_extra_info("ssl_object").getpeercert() or {}
        writer.transport.abort()
        return tuple(value for kind, value in held.get("subjectAltName", ()) if kind in NAMES)
    return ()
