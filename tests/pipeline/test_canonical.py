import pytest
from hypothesis import example, given, settings

from pipeline.address import MAX_LENGTH
from pipeline.canonical import canonical_url
from tests.pipeline.addresses import ANYTHING


@given(ANYTHING)
@settings(max_examples=400, deadline=None)
@example("https://t.umblr.com/redirect?z=http%3A%2F%2Fus%255Ber%40example.org%3Fa%3D1&a=2")
@example("https://weibo.cn/sinaurl?url=nothing&u=https%3A%2F%2Fexample.org")
@example("https://m.youtube.com/redirect?q=https://example.org")
@example("https://m.twitter.com/a?s=20")
@example("https://example.org/a//../b/%2e%2E/c%2f./")
@example("https://example.org?amp;amp;a=1&amp;a%6Dp;b=2")
@example("https://www.www.com/%zz%2%35#!/%")
def test_canonical_form_is_a_fixed_point(text):
    once = canonical_url(text)
    assert canonical_url(once) == once
    assert once.encode("utf-8").decode("utf-8") == once


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("HTTP://WWW.Example.ORG:80/a/", "https://example.org/a"),
        ("https://example.org:443", "https://example.org/"),
        ("http://example.org:8080/a", "https://example.org:8080/a"),
        ("https://user:secret@example.org./a", "https://example.org/a"),
        ("https://example.org/a/./b//../c/", "https://example.org/a/c"),
        ("https://example.org/%7euser/%e4%b8%ad", "https://example.org/~user/%E4%B8%AD"),
        ("https://example.org/~user/中", "https://example.org/~user/%E4%B8%AD"),
        ("https://example.org/a b%2Fc%28d%29", "https://example.org/a%20b%2Fc(d)"),
        ("https://例子.测试/", "https://xn--fsqu00a.xn--0zwm56d/"),
        ("https://XN--FSQU00A.xn--0zwm56d", "https://xn--fsqu00a.xn--0zwm56d/"),
        ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"),
        ("//example.org/a", "https://example.org/a"),
        ("\u200b https://example.org/a\ufeff\n", "https://example.org/a"),
        ("https://example.org/a。", "https://example.org/a"),
        ("https://example.org/https://example.com/a", "https://example.org/https://example.com/a"),
    ],
)
def test_one_spelling(given, canonical):
    assert canonical_url(given) == canonical


@pytest.mark.parametrize(
    "name",
    [
        *("utm_source", "utm_campaign", "UTM_Medium", "spm", "spm_id_from", "from", "gclid"),
        *("fbclid", "msclkid", "isappinstalled", "nsukey", "chksm", "share_token", "shareid"),
        *("sharer_shareid", "ref", "ref_src", "mc_cid", "_hsenc", "igshid", "vd_source", "amp"),
    ],
)
def test_tracking_parameters_fall_away(name):
    assert canonical_url(f"https://example.org/a?{name}=x&id=7") == "https://example.org/a?id=7"
    assert canonical_url(f"https://example.org/a?{name}=x") == "https://example.org/a"


@pytest.mark.parametrize(
    "query", ["id=7", "channel=ai", "v=2", "p=3", "page=2", "formats=a", "reference=1", "empty="]
)
def test_parameters_with_a_meaning_stay(query):
    assert canonical_url(f"https://example.org/a?{query}") == f"https://example.org/a?{query}"


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("?b=2&a=1&b=1", "?a=1&b=2&b=1"),
        ("?a=1&amp;b=2&amp;amp;c=3", "?a=1&b=2&c=3"),
        ("?a=x%20y&b=x+y&c=x%2By", "?a=x+y&b=x+y&c=x%2By"),
        ("?a=%3D&b==", "?a==&b=="),
        ("?a=%c4%e3", "?a=%C4%E3"),
        ("?flag&&", "?flag"),
        ("?", ""),
    ],
)
def test_query(given, canonical):
    assert canonical_url("https://example.org/a" + given) == "https://example.org/a" + canonical


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("#section", ""),
        ("#:~:text=quantization", ""),
        ("#/docs/start", "#/docs/start"),
        ("#!docs", "#!docs"),
        ("#!/docs/", "#!/docs"),
        ("#/", ""),
        ("#!", ""),
    ],
)
def test_a_fragment_stays_only_as_the_route_of_a_single_page_site(given, canonical):
    assert canonical_url("https://example.org/a" + given) == "https://example.org/a" + canonical


@pytest.mark.parametrize(
    ("mobile", "usual"),
    [
        ("https://m.36kr.com/p/1723456789", "https://36kr.com/p/1723456789.html"),
        ("https://m.ithome.com/html/512345.htm", "https://www.ithome.com/0/512/345.htm"),
        (
            "https://m.leiphone.com/category/ai/AbC1.html",
            "https://www.leiphone.com/category/ai/AbC1.html",
        ),
        ("https://m.cnbeta.com/view/849133.htm", "https://www.cnbeta.com/articles/tech/849133.htm"),
        ("https://m.cnbeta.com.tw/wap/view/849133.htm", "https://cnbeta.com/articles/849133.htm"),
        ("https://m.huxiu.com/article/30001.html", "https://www.huxiu.com/article/30001.html"),
        ("https://m.toutiao.com/i6901234567/?app=news", "https://toutiao.com/article/6901234567/"),
        ("https://wap.sohu.com/a/40001_1", "https://www.sohu.com/a/40001_1"),
        ("https://en.m.wikipedia.org/wiki/Pruning", "https://en.wikipedia.org/wiki/Pruning"),
        ("https://amp.theguardian.com/technology/a", "https://www.theguardian.com/technology/a"),
        ("https://techcrunch.com/2019/05/a/amp/", "https://techcrunch.com/2019/05/a/"),
        ("https://www.zdnet.com/google-amp/article/a/", "https://www.zdnet.com/article/a/"),
        ("https://www.google.com/amp/s/www.wired.com/story/a/amp", "https://www.wired.com/story/a"),
        (
            "https://example-org.cdn.ampproject.org/c/s/example.org/a?id=1",
            "https://www.example.org/a?id=1",
        ),
        ("https://mobile.twitter.com/a/status/1?s=20", "https://x.com/a/status/1"),
        ("https://juejin.im/post/a", "https://juejin.cn/post/a"),
        ("https://code.fb.com/ml/a/", "https://engineering.fb.com/ml/a/"),
    ],
)
def test_mobile_and_amp_faces_of_known_media(mobile, usual):
    assert canonical_url(mobile) == canonical_url(usual)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://m.example.org/a", "https://example.org/a"),
        ("https://example.org/a/amp", "https://example.org/a"),
        ("https://example.org/A", "https://example.org/a"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/?id=1", "https://example.org/?id=2"),
        ("https://example.org/a?x=1%262", "https://example.org/a?x=1&2"),
        ("https://example.org/?q=%C4%E3", "https://example.org/?q=%C4%E4"),
        ("https://example.org:8080/", "https://example.org/"),
    ],
)
def test_what_may_differ_stays_apart(one, other):
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "wrapped",
    [
        "https://link.zhihu.com/?target=https%3A//example.org/a%3Fid%3D1%26b%3D2",
        "https://link.zhihu.com/?target=https://example.org/a?id=1&b=2",
        "https://link.juejin.cn/?target=https%3A%2F%2Fexample.org%2Fa%3Fid%3D1%26b%3D2",
        "https://www.google.com/url?q=https://example.org/a%3Fid%3D1%26b%3D2&sa=D&ust=1",
        "https://www.google.com.hk/url?sa=t&url=http%3A%2F%2Fexample.org%2Fa%3Fid%3D1%26b%3D2",
        "https://www.jianshu.com/go-wild?ac=2&url=https%3A%2F%2Fexample.org%2Fa%3Fid%3D1%26b%3D2",
        "https://sspai.com/link?target=https%3A%2F%2Fexample.org%2Fa%3Fid%3D1%26b%3D2",
        "https://web.archive.org/web/20190402000000/https://example.org/a?id=1&b=2",
        "https://gitee.com/link?target=https%3A%2F%2Flink.csdn.net%2F%3Ftarget%3Dhttps%253A%252F%252Fexample.org%252Fa%253Fid%253D1%2526b%253D2",
    ],
)
def test_redirectors_are_unwrapped(wrapped):
    assert canonical_url(wrapped) == "https://example.org/a?b=2&id=1"


@pytest.mark.parametrize(
    "address",
    [
        "https://google.com/url?q=pruning",
        "https://link.zhihu.com/?target=javascript:alert(1)",
        "https://web.archive.org/web/2019/https://exa%20mple.org",
        "https://example.org/?target=https://example.com/",
    ],
)
def test_only_redirectors_that_lead_somewhere_are_unwrapped(address):
    assert canonical_url(address) == address


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "javascript:void(0)",
            "data:text/html,<p>",
            "mailto:desk@example.org",
            "/a/b",
            "a.md",
        ),
        *("http://", "https://[::1", "http://exa mple.org", "http://example.org:port/", "量化"),
        *("http://a..b/", "ftp://example.org/a", "https://example.org/" + "a" * MAX_LENGTH),
    ],
)
def test_what_is_no_web_address_comes_back_stripped(text):
    assert canonical_url(f" \t{text}\n") == text


def test_lone_surrogates_can_be_stored():
    assert canonical_url("no address \ud800") == r"no address \ud800"
    assert canonical_url("https://example.org/\ud800") == "https://example.org/%ED%A0%80"
