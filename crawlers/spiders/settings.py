"""Scrapy's settings for a crawl, from ours."""

from __future__ import annotations

import re
from typing import Any

from config.settings import Network
from crawlers.spiders.middlewares import Decompression, DownloadHandler, Redirects, RobotsTxt

_ACCEPT = (
    "application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,"
    "text/html;q=0.9,*/*;q=0.8"
)
_MIDDLEWARES: dict[Any, int] = {
    RobotsTxt: 100,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    Decompression: 590,
    Redirects: 600,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750,
}
"""What a request passes on its way out and an answer on its way in, in Scrapy's own order."""


def scrapy_settings(network: Network) -> dict[str, Any]:
    """Give the settings of a crawl.

    What Scrapy brings for other purposes (sessions, following links, exports, consoles to log in
    to) is left out of its bases rather than switched off: it would be imported all the same, which
    takes longer than two hundred requests.
    """
    return {
        "USER_AGENT": network.user_agent,
        "DEFAULT_REQUEST_HEADERS": {"Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate, br"},
        "DOWNLOAD_HANDLERS_BASE": {"http": DownloadHandler, "https": DownloadHandler},
        "DOWNLOADER_MIDDLEWARES_BASE": _MIDDLEWARES,
        "EXTENSIONS_BASE": {"scrapy.extensions.throttle.AutoThrottle": 0},
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
        "DOWNLOAD_TIMEOUT": network.timeout,
        "DOWNLOAD_MAXSIZE": network.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "REDIRECT_MAX_TIMES": network.max_redirects,
        "CONCURRENT_REQUESTS_PER_DOMAIN": network.per_host,
        "DOWNLOAD_DELAY": network.delay,
        "DOWNLOAD_DELAY_JITTER": 0,
        "AUTOTHROTTLE_ENABLED": network.autothrottle,
        "AUTOTHROTTLE_START_DELAY": network.delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(network.per_host),
        "ROBOTSTXT_OBEY": network.obey_robots,
        # What robots.txt calls a visitor by is the product in its name (RFC 9309, section 2.2.1).
        "ROBOTSTXT_USER_AGENT": re.split(r"[/\s]", network.user_agent)[0],
    }
