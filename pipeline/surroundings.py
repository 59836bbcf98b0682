"""What surrounds addresses: tables for ``pipeline.canonical``, which says how they are used.

Hosts are written as ``pipeline.address`` spells them, without ``www.``. A site that is missing
here costs a missed match; a wrong entry would make two things one, so there is none that is only
likely.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

TRACKING = re.compile(
    r"utm_.*|spm(_.*)?|scm|from|isappinstalled|nsukey|chksm|sharer?(_.*)?|share(id|token|source)"
    r"|gclid|gclsrc|dclid|[gw]braid|fbclid|msclkid|yclid|twclid|ttclid|igshi?d?|srsltid|_g[al]"
    r"|mc_[ce]id|_hs(enc|mi)|__hs.*|hsctatracking|mkt_tok|vero_.*|oly_.*|ref(_src|_url|errer)?"
    r"|cmp(id)?|ncid|s_cid|icid|wt[._]mc(_.*)?|xtor|pk_.*|piwik_.*|mtm_.*|matomo_.*"
    r"|at_(medium|campaign)|smid|smtyp|guccounter|guce_.*|amp|wx_.*|tt_from|vd_source|depth_1-.*",
    re.ASCII | re.IGNORECASE,
)
"""Names of parameters that tell where a reader came from, whatever the site."""

TRACKING_AT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        host: frozenset(names.split())
        for host, names in {
            "baijiahao.baidu.com": "for wfr",
            "blog.csdn.net": "biz_id ops_request_misc request_id",
            "medium.com": "source sk",
            "mp.weixin.qq.com": "ascene clicktime devicetype enterid exportkey key lang mpshare"
            " nettype pass_ticket scene sessionid srcid subscene uin version xtrack",
            "toutiao.com": "app group_id req_id timestamp use_new_style",
            "towardsdatascience.com": "gi source sk",
            "x.com": "s t",
        }.items()
    }
)
"""Names that tell this on one site only, and may mean something elsewhere."""

REDIRECTORS: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {
        ("c.pc.qq.com", "/middlem.html"): ("pfurl",),
        ("c.pc.qq.com", "/middleb.html"): ("pfurl",),
        ("cloud.tencent.com", "/developer/tools/blog-entry"): ("target",),
        ("douban.com", "/link2"): ("url",),
        ("gitee.com", "/link"): ("target",),
        ("google", "/url"): ("q", "url"),
        ("infoq.cn", "/link"): ("target",),
        ("jianshu.com", "/go"): ("to",),
        ("jianshu.com", "/go-wild"): ("url",),
        ("l.facebook.com", "/l.php"): ("u",),
        ("link.csdn.net", "/"): ("target",),
        ("link.juejin.cn", "/"): ("target",),
        ("link.juejin.im", "/"): ("target",),
        ("link.jianshu.com", "/"): ("t",),
        ("link.sspai.com", "/"): ("target",),
        ("link.wtturl.cn", "/"): ("target",),
        ("link.zhihu.com", "/"): ("target",),
        ("lm.facebook.com", "/l.php"): ("u",),
        ("mp.weixin.qq.com", "/mp/wappoc_appmsgcaptcha"): ("target_url",),
        ("oschina.net", "/action/GoToLink"): ("url",),
        ("out.reddit.com", "/"): ("url",),
        ("safelinks.protection.outlook.com", "/"): ("url",),
        ("slack-redir.net", "/link"): ("url",),
        ("sspai.com", "/link"): ("target",),
        ("t.umblr.com", "/redirect"): ("z",),
        ("weibo.cn", "/sinaurl"): ("u", "url", "toasturl"),
        ("xie.infoq.cn", "/link"): ("target",),
        ("youtube.com", "/redirect"): ("q",),
    }
)
"""Host and path of pages that lead elsewhere -> the parameters that may hold the target."""

CARRIERS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "cdn.ampproject.org": re.compile(r"/[a-z]/(s/)?(?P<target>[^/]+\..*)"),
        "google": re.compile(r"/amp/(s/)?(?P<target>[^/]+\..*)"),
        "web.archive.org": re.compile(r"/web/\d{4,14}([a-z]{2}_)?/(?P<target>https?:/.*)"),
        **dict.fromkeys(
            ("ghfast.top", "ghproxy.com", "gh-proxy.com", "ghproxy.net", "mirror.ghproxy.com"),
            re.compile(r"/(?P<target>https?:/.*)"),
        ),
    }
)
"""Hosts that carry a whole address in their path."""

FAMILIES = re.compile(
    r"(?P<google>google\.[a-z]{2,3}(?:\.[a-z]{2})?)"
    r"|[a-z0-9-]+\.(?P<member>cdn\.ampproject\.org|safelinks\.protection\.outlook\.com)"
)
"""Hosts with many names; the tables call them ``google`` or what follows their first label."""

MOVED: Mapping[str, str] = MappingProxyType(
    {
        "cnbeta.com.tw": "cnbeta.com",
        "code.facebook.com": "engineering.fb.com",
        "code.fb.com": "engineering.fb.com",
        "developers.google.cn": "developers.google.com",
        "juejin.im": "juejin.cn",
        "tensorflow.google.cn": "tensorflow.org",
        "twitter.com": "x.com",
    }
)
"""Sites that changed their name, or have a second one, and kept their paths."""

FACE = re.compile(
    r"""
    (?:m|mobile|wap|amp|3g)\.
    (?P<site>
      163\.com | 36kr\.com | bilibili\.com | blog\.csdn\.net | cls\.cn | cnbeta\.com |
      cnbeta\.com\.tw | cnn\.com | dgtle\.com | eefocus\.com | eet-china\.com | elecfans\.com |
      engadget\.com | geekpark\.net | huxiu\.com | ifanr\.com | ifeng\.com | infoq\.cn |
      ithome\.com | jianshu\.com | jiemian\.com | jiqizhixin\.com | juejin\.cn | juejin\.im |
      leiphone\.com | mydrivers\.com | oschina\.net | pingwest\.com | scmp\.com | sina\.com\.cn
      | sohu\.com | sspai\.com | techweb\.com\.cn | theguardian\.com | thepaper\.cn |
      tmtpost\.com | toutiao\.com | twitter\.com | weibo\.com | x\.com | yicai\.com |
      youtube\.com | zhihu\.com
    )
    """,
    re.VERBOSE,
)
"""Mobile hosts of media that show the same pages under the same paths as `site`."""

_AMP_PATH = re.compile(r"(.*?[^/])(?:/amp)+")
PATHS: Mapping[str, tuple[re.Pattern[str], str]] = MappingProxyType(
    {
        "36kr.com": (re.compile(r"/p/(\d+)\.html"), r"/p/\1"),
        "cnbeta.com": (
            re.compile(r"/(?:articles(?:/\w+)?|(?:wap/)?view)/(\d+)\.html?"),
            r"/articles/\1.htm",
        ),
        "ithome.com": (re.compile(r"/html/(\d{3})(\d{3})\.htm"), r"/0/\1/\2.htm"),
        "theverge.com": (re.compile(r"(?:/platform/amp)+(/.+)"), r"\1"),
        "toutiao.com": (re.compile(r"/(?:i|a|article/|group/)(\d+)"), r"/article/\1"),
        "zdnet.com": (re.compile(r"(?:/google-amp)+(/.+)"), r"\1"),
        **dict.fromkeys(
            (
                "9to5google.com",
                "9to5mac.com",
                "analyticsindiamag.com",
                "androidauthority.com",
                "androidpolice.com",
                "cnet.com",
                "electrek.co",
                "gizmodo.com",
                "qz.com",
                "siliconangle.com",
                "techcrunch.com",
                "technologyreview.com",
                "thenextweb.com",
                "theregister.com",
                "tomshardware.com",
                "venturebeat.com",
                "wired.com",
                "xda-developers.com",
            ),
            (_AMP_PATH, r"\1"),
        ),
    }
)
"""Host -> the path under which the mobile or AMP face shows a page, and its usual path."""
