"""Telling a program of what has happened, at the address that it has given us.

The address is a stranger's word, so where its name leads is looked at each time: never into our own
network. What is looked at is what is connected to, and no redirect is followed.
"""
import ipaddress
import logging
import socket
from time import perf_counter
from urllib.parse import urlsplit

import httpx

from integrations.errors import Refused, Unreachable

TIMEOUT = httpx.Timeout(5, connect=3)
GONE = 410

log = logging.getLogger(__name__)


class Webhooks:
    """`near`: the address may also be on this machine or its network, and without TLS, for a
    sandbox."""

    def __init__(self, *, near: bool = False, transport: httpx.BaseTransport | None = None):
        self._near = near
        self._client = httpx.Client(timeout=TIMEOUT, transport=transport, trust_env=False,
                                    follow_redirects=False,
                                    limits=httpx.Limits(max_keepalive_connections=0))

    def post(self, url: str, body: bytes, *, signature: str, event_id: str) -> None:
        """Raises Unreachable when it is to be told again later, and Refused when it never is."""
        request = self._request(url, body, {
            "Content-Type": "application/json", "Allpay-Signature": signature,
            "Allpay-Event": event_id, "User-Agent": "Foretagsportalen"})
        began = perf_counter()
        outcome: object = "no answer"
        try:
            response = self._client.send(request, stream=True)  # what it says is not read
            outcome = response.status_code
            response.close()
        except httpx.TransportError as error:
            raise Unreachable("the address cannot be reached") from error
        finally:
            log.info("webhook: %s in %.0f ms", outcome, (perf_counter() - began) * 1000)
        if response.status_code == GONE:
            raise Refused("the address answers 410: it wants no more", code="410")
        if not response.is_success:
            raise Unreachable(f"the address answers {response.status_code}",
                              code=str(response.status_code))

    def _request(self, url: str, body: bytes, headers: dict[str, str]) -> httpx.Request:
        if self._near:
            return self._client.build_request("POST", url, content=body, headers=headers)
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname:
            raise Refused("the address is not https")
        address = public_address(parts.hostname, parts.port or 443)
        host = f"[{address}]" if ":" in address else address
        there = parts._replace(netloc=f"{host}:{parts.port or 443}").geturl()
        return self._client.build_request(
            "POST", there, content=body, headers=headers | {"Host": parts.netloc},
            extensions={"sni_hostname": parts.hostname})


def public_address(host: str, port: int) -> str:
    """Where the name leads, all of it out in the world. Raises Refused when some of it is not."""
    try:
        found = {str(each[4][0]) for each in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise Unreachable("the name of the address leads nowhere") from error
    if not found or not all(is_public(each) for each in found):
        raise Refused("the address leads into a private network")
    return min(found, key=lambda each: (":" in each, each))


def is_public(address: str) -> bool:
    """Also of one that is written within another: an IPv4 address in an IPv6 one."""
    there = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(there, "ipv4_mapped", None) or getattr(there, "sixtofour", None)
    return there.is_global and not there.is_multicast and (inner is None or inner.is_global)
