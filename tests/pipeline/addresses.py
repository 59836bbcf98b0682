"""Hypothesis strategies for web addresses: known sites, odd spellings, addresses in addresses."""

from hypothesis import strategies as st

from pipeline.sites import READERS
from pipeline.surroundings import MOVED, PATHS, REDIRECTORS, TRACKING_AT

_HOSTS = sorted(
    {
        *READERS,
        *MOVED,
        *PATHS,
        *TRACKING_AT,
        *(host for host, _ in REDIRECTORS),
        "www.www.example.org",
        "例子.测试",
        "[2001:db8::1]",
        "m.36kr.com",
        "m.youtube.com",
        "en.m.wikipedia.org",
        "google.com.hk",
        "www-example-com.cdn.ampproject.org",
        "web.archive.org",
        "ghproxy.com",
    }
)
_PATHS = sorted(
    {
        *(path for _, path in REDIRECTORS),
        "",
        "/s",
        "/forum",
        "/watch",
        "/abs/1812.00332v2",
        "/pdf/cs.CV/0112017.pdf",
        "/owner/name.git",
        "/question/1/answer/2",
        "/v97/tan19a.html",
        "/articles/s41586-019-1424-8",
        "/10.1145/a%2Fb",
        "/amp/s/",
        "/c/s/",
        "/web/2019/",
        "/p/1.html",
        "/a/amp",
    }
)
_NAMES = [
    *("__biz", "mid", "idx", "sn", "amp;mid", "signature", "timestamp", "id", "v", "q", "u"),
    *("url", "target", "to", "t", "z", "pfurl", "target_url", "utm_source", "from", "%61", "a"),
]
_ODD = st.text(st.sampled_from("aB1.:/%2eF5;=&?#+ ~'()!*@\\[]|\"中\ud800\u200b\n\t"), max_size=12)


def _around(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    host = st.sampled_from(_HOSTS).flatmap(
        lambda name: st.sampled_from([name, f"www.{name}", name.upper(), f"{name}:80", f"{name}."])
    )
    value = st.sampled_from(["1", "MzA3MTIzNDU2Nw==", "%3D", "1812.00332"]) | _ODD | inner
    query = st.lists(st.tuples(st.sampled_from(_NAMES), value).map("=".join), max_size=3)
    return st.tuples(
        st.sampled_from(["http://", "https://", "HTTP://", "//", "", "https://user:word@"]),
        host,
        st.sampled_from(_PATHS),
        st.just("") | _ODD | inner,
        query.map(lambda pairs: "?" + "&".join(pairs) if pairs else ""),
        st.sampled_from(["", "#rd", "#/route/", "#!route?a"]),
    ).map("".join)


ADDRESSES = st.recursive(
    st.sampled_from(
        [
            "https://github.com/owner/name?x=1",
            "https://arxiv.org/abs/1812.00332",
            "http://[broken",
            "http://us%5Ber@example.org",
            "javascript:void(0)",
            "10.1145/a//b",
        ]
    ),
    _around,
    max_leaves=3,
)
ANYTHING = st.one_of(ADDRESSES, st.text(), st.text(st.characters(categories=["Cs", "Cc", "Lo"])))
