"""Our own certificate towards those who ask for one."""
import os
import secrets
import ssl
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    pkcs12,
)

PKCS12 = {".p12", ".pfx"}


def context(certificate: Path | None, *, password: str | None = None,
            ca: Path | None = None) -> ssl.SSLContext:
    """`certificate` is a PEM file with certificate and key, or a PKCS#12 file as the bank hands it
    out; `ca` a PEM file with the only authority to trust, else the system's own are trusted."""
    made = ssl.create_default_context(cafile=ca)
    if certificate is None:
        return made
    if certificate.suffix.lower() not in PKCS12:
        made.load_cert_chain(certificate, password=password)
        return made
    once = secrets.token_urlsafe()
    with tempfile.TemporaryDirectory() as folder:  # OpenSSL reads certificates from files only
        pem = Path(folder, "certificate.pem")
        with open(os.open(pem, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
            file.write(_pem(certificate, password, once))
        made.load_cert_chain(pem, password=once)
    return made


def _pem(certificate: Path, password: str | None, once: str) -> bytes:
    key, own, others = pkcs12.load_key_and_certificates(
        certificate.read_bytes(), password.encode() if password else None)
    if key is None or own is None:
        raise ValueError(f"{certificate.name} lacks a key or a certificate")
    encrypted = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(once.encode()))
    return encrypted + b"".join(one.public_bytes(Encoding.PEM) for one in (own, *others))
