"""What a reply to a mail of ours is recognised by.

Must never know a header, nor where the secret is kept.
"""

import hashlib
import hmac

TOKEN = 20  # characters: 80 bits, and with most local parts below 64 octets (RFC 5321 §4.5.3.1.1)


def reply_token(key: str, secret: str) -> str:
    """Of the message of that key of the ledger, for an address (RFC 5233): the keys can be guessed, and this can't."""
    return hmac.new(secret.encode(), f"reply/{key}".encode(), hashlib.sha256).hexdigest()[:TOKEN]
