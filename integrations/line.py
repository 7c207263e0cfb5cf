"""The line to a provider over HTTP: each call is timed and logged, each failure gets its name."""
import logging
from collections.abc import Callable
from time import perf_counter
from typing import Any

import httpx

from integrations.errors import Refused, Unknown, Unreachable

TIMEOUT = httpx.Timeout(10, connect=5)
NOT_NOW = {408, 429, 503}

log = logging.getLogger(__name__)
logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole addresses, numbers and all


class Line:
    """`explain` reads a refusal as (code, reason); the reason must hold no personal data."""

    def __init__(self, name: str, url: str, *,
                 explain: Callable[[httpx.Response], tuple[str, str]],
                 transport: httpx.BaseTransport | None = None, **options: Any):
        self.name = name
        self._explain = explain
        self._client = httpx.Client(base_url=url, timeout=TIMEOUT, transport=transport,
                                    trust_env=False, **options)

    def ask(self, method: str, path: str, **content: Any) -> Any:
        """The JSON of a 2xx answer. Raises Unreachable, Unknown or Refused."""
        try:
            return self.tell(method, path, **content).json()
        except ValueError as error:
            raise Unknown(f"{self.name} gave an answer that is not JSON") from error

    def tell(self, method: str, path: str, **content: Any) -> httpx.Response:
        """A 2xx answer, whatever is in it. Raises as `ask` does."""
        response = self._send(method, path, **content)
        if response.is_success:
            return response
        code, reason = self._explain(response)
        if response.status_code in NOT_NOW:
            raise Unreachable(f"{self.name} is not available: {reason}", code=code)
        if response.is_server_error:
            raise Unknown(f"{self.name} failed: {reason}", code=code)
        raise Refused(f"{self.name} refused: {reason}", code=code)

    def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        began = perf_counter()
        outcome: object = "no answer"
        try:
            response = self._client.request(method, path, **content)
            outcome = response.status_code
            return response
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Unreachable(f"{self.name} cannot be reached") from error
        except httpx.TransportError as error:
            raise Unknown(f"{self.name} was asked but the answer was lost") from error
        finally:
            log.info("%s %s %s: %s in %.0f ms", self.name, method, path, outcome,
                     (perf_counter() - began) * 1000)
