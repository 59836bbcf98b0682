"""The server: ``python -m tests.bench.server FEEDS`` prints its address and serves until killed."""

from __future__ import annotations

import hashlib
import random
import sys
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

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


@cache
def feed(number: int) -> bytes:
    """An RSS feed of 30 Chinese items with teasers in HTML, always the same for a number."""
    rng = random.Random(number)
    items = []
    for n in range(ITEMS):
        title = "".join(rng.choices(WORDS, k=9))
        teaser = "，".join("".join(rng.choices(WORDS, k=8)) for _ in range(10))
        link = f"http://feed{number}.example/articles/{n}?utm_source=rss"
        items.append(
            f"<item><title>{title}</title><link>{link.replace('&', '&amp;')}</link>"
            f"<guid isPermaLink='false'>{number}-{n}</guid>"
            f"<pubDate>Mon, {n % 28 + 1:02} Feb 2026 08:00:00 +0800</pubDate>"
            f"<description><![CDATA[<p>{teaser}。</p><p><a href='{link}'>全文</a></p>]]>"
            "</description></item>"
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>样例 {number}</title><link>http://feed{number}.example/</link>"
        f"<description>样例</description>{''.join(items)}</channel></rss>"
    ).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self.path.strip("/")
        if not name.isdigit():
            self._answer(404, b"")
            return
        body = feed(int(name))
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


if __name__ == "__main__":
    for number in range(int(sys.argv[1])):
        feed(number)
    with _Server(("127.0.0.1", 0), _Handler) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()
