"""Which names of a certificate a server may be called by, with a real server that shows it."""

import asyncio
import ipaddress
import ssl
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from cadenced.shell.certificates import names_in

HOST = "127.0.0.1"
PLACE = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a directory")])
NAMES = (
    x509.DNSName("mail.example.org"),
    x509.DirectoryName(PLACE),
    x509.UniformResourceIdentifier("https://example.org/"),
    x509.RFC822Name("post@example.org"),
    x509.IPAddress(ipaddress.ip_address(HOST)),
)


def certificate(folder) -> ssl.SSLContext:
    """The context of a server that shows all these names, and vouches for itself in cert.pem."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = x509.CertificateBuilder().subject_name(PLACE).issuer_name(PLACE).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2199, 1, 1))
    made = made.add_extension(x509.SubjectAlternativeName(NAMES), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, SHA256())
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


async def test_of_the_names_in_a_certificate_only_those_count_that_a_server_can_be_called_by(tmp_path):
    server = await asyncio.start_server(lambda _, writer: writer.close(), HOST, ssl=certificate(tmp_path))
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert await names_in(HOST, port, tmp_path / "cert.pem") == ("mail.example.org", HOST)
