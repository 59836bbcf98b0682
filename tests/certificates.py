"""Certificates for servers on 127.0.0.1: good ones, and those that nobody should trust.

An authority of our own signs them. Who is to trust it looks for authorities in the file that
`trusted` writes, as ``SSL_CERT_FILE`` in the environment says to OpenSSL.
"""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HERE = "127.0.0.1"


def trusted(folder: Path) -> Path:
    """Write the certificate of our authority to a file; gives that."""
    file = folder / "authority.pem"
    file.write_bytes(_authority()[1].public_bytes(serialization.Encoding.PEM))
    return file


def good() -> ssl.SSLContext:
    return _context(HERE, days=1)


def of_nobody() -> ssl.SSLContext:
    """As good as a good one, but for who signed it."""
    return _context(HERE, days=1, signed=False)


def expired() -> ssl.SSLContext:
    return _context(HERE, days=-1)


def another_host() -> ssl.SSLContext:
    return _context("bank.example", days=1)


@cache
def _authority() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        _unsigned("the tests' authority", key.public_key(), days=1)
        .issuer_name(_name("the tests' authority"))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    return key, made.sign(key, hashes.SHA256())


def _context(host: str, *, days: int, signed: bool = True) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    alone = key, host
    authority, issuer = (_authority()[0], "the tests' authority") if signed else alone
    named: x509.GeneralName = x509.DNSName(host)
    if host == HERE:
        named = x509.IPAddress(ipaddress.ip_address(host))
    certificate = (
        _unsigned(host, key.public_key(), days=days)
        .issuer_name(_name(issuer))
        .add_extension(x509.SubjectAlternativeName([named]), critical=False)
        .sign(authority, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "certificate.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context.load_cert_chain(file)
    return context


def _unsigned(name: str, key: ec.EllipticCurvePublicKey, *, days: int) -> x509.CertificateBuilder:
    today = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=9))
        .not_valid_after(today + timedelta(days=days))
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
