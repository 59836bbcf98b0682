"""Twisted's reactor, which Scrapy runs on, in a thread of its own.

A reactor runs once in a process and takes the thread that runs it; this program crawls several
times, from whatever thread. So the first crawl starts one, and it stays until the process ends.
It connects to nothing but what was admitted (``crawlers.spiders.names``).
"""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import Future
from functools import partial

from twisted.internet import asyncioreactor

from crawlers.spiders.names import NAMES

_lock = threading.Lock()
_loop: Future[asyncio.AbstractEventLoop] | None = None


def reactor_loop() -> asyncio.AbstractEventLoop:
    """Give the event loop of the running reactor, which is started where it is not."""
    global _loop
    with _lock:
        if _loop is None:
            for library in ("scrapy", "twisted"):
                # What goes wrong comes out as an outcome; whoever wants to hear more says so.
                if logging.getLogger(library).level == logging.NOTSET:
                    logging.getLogger(library).setLevel(logging.CRITICAL)
            _loop = Future()
            threading.Thread(target=_run, args=(_loop,), name="reactor", daemon=True).start()
    return _loop.result()


def _run(started: Future[asyncio.AbstractEventLoop]) -> None:
    try:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        asyncioreactor.install(loop)  # type: ignore[no-untyped-call]
        from twisted.internet import reactor  # only now, since importing it installs one

        # It looks up names in threads, and one that hangs must not keep the process from ending.
        reactor.getThreadPool().threadFactory = partial(threading.Thread, daemon=True)
        reactor.installNameResolver(NAMES)
    except BaseException as error:
        started.set_exception(error)
        raise
    started.set_result(loop)
    reactor.run(installSignalHandlers=False)  # type: ignore[call-arg,misc]
