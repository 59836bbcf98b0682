"""The server: ``python -m tests.bench.server FEEDS`` prints its address and serves until killed.

Feed N is at ``/N``, and at ``/https/feedN.example/feed``, for who asks for it by a mirror. Their
headlines are drawn from everyday words, with the frequency that those have: no two are alike, and
each is a story of its own.
"""

from __future__ import annotations

import hashlib
import random
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.bench.stream_words import everyday

ITEMS = 30
WORDS = [
    "端侧",
    "推理",
    "框架",
    "量化",
    "剪枝",
    "蒸馏",
    "模型",
    "芯片",
    "发布",
    "开源",
    "性能",
    "提升",
    "延迟",
    "功耗",
    "手机",
    "边缘",
    "部署",
    "编译器",
    "算子",
    "优化",
    "训练",
    "精度",
    "压缩",
    "加速",
    "研究",
    "团队",
    "论文",
    "架构",
    "搜索",
    "轻量",
    "网络",
    "检测",
    "语音",
    "摄像头",
    "单片机",
    "内核",
]
"""A few of the field, for what need not be told apart by its words."""
_ADDRESS = re.compile(r"/(?:https/feed)?(\d+)(?:\.example/feed)?")


def feed(number: int) -> bytes:
    """An RSS feed of 30 items with teasers in HTML, always the same for a number."""
    rng = random.Random(number)
    entries = "".join(_entry(f"https://feed{number}.example/{n}", n, rng) for n in range(ITEMS))
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{number}</title>'
        f"<link>https://feed{number}.example/</link>{entries}</channel></rss>"
    ).encode()


def _entry(link: str, n: int, rng: random.Random) -> str:
    zh = everyday("zh")
    title = "，".join("".join(zh.some(rng, rng.randint(3, 5))) for _ in range(rng.randint(2, 3)))
    teaser = "。".join("".join(zh.some(rng, 9)) for _ in range(rng.randint(3, 12)))
    return (
        f"<item><title>{title}</title><link>{link}?utm_source=rss</link>"
        f"<guid isPermaLink='false'>{link}</guid>"
        f"<pubDate>Mon, {n % 28 + 1:02} Feb 2026 08:00:00 +0800</pubDate>"
        f"<description><![CDATA[<p>{teaser}。</p><p><a href='{link}'>全文</a></p>]]>"
        "</description></item>"
    )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        found = _ADDRESS.fullmatch(self.path)
        if found is None:
            self._answer(404, b"")
            return
        body = self.server.feeds[int(found[1])]
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        known = self.headers.get("If-None-Match") == etag
        self._answer(304 if known else 200, b"" if known else body, etag)

    def _answer(self, status: int, body: bytes, etag: str = "") -> None:
        self.send_response_only(status)
        if etag:
            self.send_header("ETag", etag)
        self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    request_queue_size = 256
    feeds: list[bytes]


if __name__ == "__main__":
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.feeds = [feed(number) for number in range(int(sys.argv[1]))]
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()
