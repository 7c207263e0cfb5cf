from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from werkzeug.serving import make_server

from integrations.clock import FrozenClock
from sandbox.serving import Handler
from tests.sandbox import Wire, fresh

NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)


@pytest.fixture
def clock():
    return FrozenClock(NOON)


@pytest.fixture
def sandbox(clock):
    return fresh(clock)


@pytest.fixture
def stage(sandbox):
    return sandbox.extensions["sandbox"]


@pytest.fixture
def wire(sandbox):
    return Wire(sandbox)


@pytest.fixture
def serve():
    """Puts an app on a real port: returns its number."""
    servers = []

    def on_a_port(app, ssl_context=None):
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Handler,
                             ssl_context=ssl_context)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
        return server.port

    yield on_a_port
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    """A folder with one certificate for 127.0.0.1, its own authority: `pem`, `p12`, `ca.pem`."""
    folder = tmp_path_factory.mktemp("certificates")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    local = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(local, critical=False)
        .sign(key, SHA256())
    )
    public = certificate.public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "ca.pem").write_bytes(public)
    (folder / "own.pem").write_bytes(public + private)
    (folder / "own.p12").write_bytes(pkcs12.serialize_key_and_certificates(
        b"own", key, certificate, None, BestAvailableEncryption(b"qwerty123")))
    return folder
