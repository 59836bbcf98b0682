"""A transport for requests that connects to no address but those that may be connected to.

Where that is, ``crawlers.access`` says. A name is looked up once for each connection, and what was
checked is what is connected to.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from functools import partial
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3 import HTTPConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError, NewConnectionError

from crawlers.access import Access, look_up, origin


class CheckedAdapter(HTTPAdapter):
    """Requests' own, over connections that `access` allows."""

    def __init__(self, access: Access) -> None:
        self._access = access
        super().__init__(max_retries=0)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **options: Any
    ) -> None:
        """Make pools of connections that check."""
        self.poolmanager = _Pools(
            self._access, num_pools=connections, maxsize=maxsize, block=block, **options
        )

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send `request`; raises `SourceError` where its host may not be connected to."""
        at = origin(str(request.url))
        if at is not None and select_proxy(str(request.url), proxies):
            self._access.check_as_written(*at)
        return super().send(request, stream, timeout, verify, cert, proxies)


class _Pools(PoolManager):
    def __init__(self, access: Access, **options: Any) -> None:
        super().__init__(**options)
        self._access = access

    def _new_pool(
        self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None
    ) -> HTTPConnectionPool:
        """Make a pool; urllib3 means this to be overridden."""
        pool = super()._new_pool(scheme, host, port, request_context)
        kind = _HttpsConnection if scheme == "https" else _HttpConnection
        pool.ConnectionCls = partial(kind, access=self._access)  # type: ignore[assignment]
        return pool


class _Checking(HTTPConnection):
    def __init__(self, *arguments: Any, access: Access, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._access = access

    def _new_conn(self) -> socket.socket:
        """Connect to the first address of the host that answers, once all of them are checked."""
        name = self._dns_host
        try:
            addresses = look_up(name, self.port)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        self._access.check(self.host, self.port, addresses)
        failure: NewConnectionError | None = None
        try:
            for address in addresses:
                # Under the name of its address urllib3 has nothing left to look up.
                self.host = address
                try:
                    return super()._new_conn()
                except NewConnectionError as error:
                    failure = error
        finally:
            self.host = name
        raise failure or NewConnectionError(self, f"{name} has no address")


class _HttpConnection(_Checking):
    pass


class _HttpsConnection(_Checking, HTTPSConnection):
    pass
