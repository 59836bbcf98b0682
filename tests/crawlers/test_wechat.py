"""Pages of mp.weixin.qq.com: articles in their markups, and what answers in an article's place."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.source import Parsed, ParsedItems, ParsedRefusal, ParsedUnparsable
from crawlers.wechat import (
    is_expiring,
    is_wechat_page,
    parse_wechat_article,
    wechat_feed_url,
)
from crawlers.wechat_script import script_value, unescape
from store.models import Kind, Payload, RawItem, SourceName

LASTING = (
    "https://mp.weixin.qq.com/s?__biz=MzA0MTIzNDU2Nw==&mid=2650000001&idx=2"
    "&sn=0123456789abcdef0123456789abcdef"
)
SEARCHED = "https://mp.weixin.qq.com/s?src=11&timestamp=1522900000&ver=797&signature=a*b-c&new=1"

OF_2018 = """<!DOCTYPE html><html><head><title>把模型装进手机</title></head>
<body id="activity-detail">
<script type="text/javascript">
    var biz = ""||"MzA0MTIzNDU2Nw==";
    var sn = "" || ""|| "SN";
    var mid = "" || ""|| "2650000001";
    var idx = "" || "" || "2";
</script>
<h2 class="rich_media_title" id="activity-name"> 把模型装进手机   </h2>
<div id="meta_content" class="rich_media_meta_list">
  <em id="post-date" class="rich_media_meta rich_media_meta_text">2018-04-06</em>
  <em class="rich_media_meta rich_media_meta_text">小林</em>
  <a class="rich_media_meta_link rich_media_meta_nickname" href="##" id="post-user">端侧笔记</a>
  <div id="js_profile_qrcode"><strong class="profile_nickname">端侧笔记</strong></div>
</div>
<div class="rich_media_content " id="js_content">
  <p>第一段，见<a href="https://arxiv.org/abs/1812.00332">论文</a>。</p>
  <section><p>第二段</p><script>var hidden = 1;</script></section>
</div>
<script type="text/javascript">
    var nickname = "端侧笔记";
    var ct = "1522968980";
    var publish_time = "2018-04-06" || "";
    var msg_title = "把模型装进手机";
    var msg_desc = "压缩&nbsp;与 &quot;部署&quot;";
    var msg_link = "";
    var msg_source_url = 'https://github.com/mei/tiny-net?a=1&amp;b=2';
    var appmsgid = '' || '' || "2650000001";
</script></body></html>"""

OF_2021 = """<!DOCTYPE html><html><head>
<meta property="og:title" content="把模型装进手机 &amp;amp; 手表" />
<meta property="og:url" content="http://mp.weixin.qq.com/s?__biz=MzA0MTIzNDU2Nw==&amp;mid=2650000001&amp;idx=2&amp;sn=0123456789abcdef0123456789abcdef&amp;chksm=f25&amp;scene=0#rd" />
<meta property="og:description" content="压缩与部署" />
<meta property="og:article:author" content="小林" />
</head><body>
<h1 class="rich_media_title" id="activity-name">把模型装进手机 &amp; 手表</h1>
<span id="js_author_name">小林</span>
<a href="javascript:void(0);" id="js_name">
   端侧笔记  </a>
<em id="publish_time" class="rich_media_meta rich_media_meta_text"></em>
<div class="rich_media_content" id="js_content" style="visibility: hidden; opacity: 0;">
  <p>正文</p></div>
<script>
  var nickname = htmlDecode("端侧笔记");
  var createTime = '2021-06-03 10:22';
  var msg_title = '把模型装进手机 \\x26amp; 手表'.html(false);
</script></body></html>"""

PICTURES = """<!DOCTYPE html><html><head><title></title></head><body><div id="js_article"></div>
<script>
window.cgiDataNew = {
  bizuin: JsDecode('MzA0MTIzNDU2Nw=='),
  title: JsDecode('量化误差\\x26#39;对比\\x26#39;'),
  nick_name: JsDecode('端侧笔记'),
  author: JsDecode(''),
  create_time: JsDecode('2024-01-02 08:00'),
  link: JsDecode('http://mp.weixin.qq.com/s?__biz\\x3dMzA0MTIzNDU2Nw==\\x26amp;mid\\x3d2650000001\\x26amp;idx\\x3d2\\x26amp;sn\\x3d0123456789abcdef0123456789abcdef#rd'),
  content_noencode: JsDecode('\\x3cp\\x3e三张图\\uD83D\\uDE00\\x3c/p\\x3e\\x0a\\x3cp\\x3e说明\\x3c/p\\x3e'),
  mid: '2650000001' * 1, idx: '2' * 1,
};
</script></body></html>"""


def parse(html: str | bytes, url: str = SEARCHED) -> Parsed:
    body = html.encode() if isinstance(html, str) else html
    payload = Payload(url=url, body=body, fetched_at=datetime(2026, 3, 1, tzinfo=UTC))
    return parse_wechat_article(payload, source=SourceName("手工"))


def article(html: str, url: str = SEARCHED) -> RawItem:
    parsed = parse(html, url)
    assert isinstance(parsed, ParsedItems), parsed
    (item,) = parsed.items
    return item


def test_an_article_of_2018_behind_a_link_of_a_search_engine():
    assert article(OF_2018) == RawItem(
        source=SourceName("手工"),
        external_id="MzA0MTIzNDU2Nw==/2650000001/2",
        url=SEARCHED,
        title="把模型装进手机",
        kind=Kind.ARTICLE,
        summary='压缩 与 "部署"',
        text="第一段，见论文。\n第二段",
        published=datetime(2018, 4, 5, 22, 56, 20, tzinfo=UTC),
        authors=("小林",),
        publisher="端侧笔记",
        links=("https://arxiv.org/abs/1812.00332", "https://github.com/mei/tiny-net?a=1&b=2"),
        expiring=True,
    )


def test_an_article_of_2021():
    item = article(OF_2021)
    assert (item.url, item.expiring) == (LASTING, False)
    assert item.title == "把模型装进手机 & 手表"
    assert (item.publisher, item.authors, item.text) == ("端侧笔记", ("小林",), "正文")
    assert item.published == datetime(2021, 6, 3, 2, 22, tzinfo=UTC)


def test_a_message_of_pictures_says_everything_in_a_script():
    item = article(PICTURES)
    assert (item.url, item.external_id) == (LASTING, "MzA0MTIzNDU2Nw==/2650000001/2")
    assert (item.title, item.publisher) == ("量化误差'对比'", "端侧笔记")
    assert item.text == "三张图😀\n说明"
    assert item.published == datetime(2024, 1, 2, 0, 0, tzinfo=UTC)


def test_a_message_without_a_headline_is_called_by_its_first_words():
    item = article(PICTURES.replace("量化误差\\x26#39;对比\\x26#39;", ""))
    assert item.title == "三张图😀"


def test_the_lasting_address_can_be_put_together_from_variables():
    html = OF_2018.replace('"SN"', '"0123456789abcdef0123456789abcdef"')
    assert (article(html).url, article(html).expiring) == (LASTING, False)


def test_a_short_lasting_address_is_taken_where_the_page_tells_no_other():
    short = '<meta property="og:url" content="https://mp.weixin.qq.com/s/Ab_c-123?x=1">'
    item = article(OF_2018.replace("<head>", f"<head>{short}"))
    assert (item.url, item.expiring) == ("https://mp.weixin.qq.com/s/Ab_c-123", False)


def test_an_address_that_lasts_is_kept_where_the_page_tells_none():
    item = article(OF_2018, "https://mp.weixin.qq.com/s/Ab_c-123")
    assert (item.url, item.expiring) == ("https://mp.weixin.qq.com/s/Ab_c-123", False)


def test_the_account_is_not_named_as_author_again():
    assert article(OF_2018.replace("小林", "端侧笔记")).authors == ()


@pytest.mark.parametrize(
    ("shown", "published"),
    [
        ("2021-06-03", "2021-06-02 16:00"),
        ("2021年6月3日 10:22", "2021-06-03 02:22"),
        ("2021/06/03 10:22:59", "2021-06-03 02:22"),
        ("前天", None),
        ("2021-13-40", None),
        ("0001-01-01", None),
    ],
)
def test_without_variables_the_time_is_what_is_shown(shown, published):
    html = OF_2021.replace("createTime", "otherTime").replace("></em>", f">{shown}</em>")
    expected = published and datetime.fromisoformat(f"{published}+00:00")
    assert article(html).published == expected


def notice(text: str, title: str = "") -> str:
    return f"""<html><head><title>{title}</title></head><body>
    <div class="weui-msg"><h2 class="weui-msg__title">{text}</h2></div>
    <script>var title = ''; var other = "环境异常 参数错误 系统出错";</script></body></html>"""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("该内容已被发布者删除", "the account deleted the article (已被发布者删除)"),
        ("此内容因违规无法查看", "WeChat took the article down (违规无法查看)"),
        (
            "此内容被投诉且经审核涉嫌侵权，无法查看。",
            "the article was taken down after a complaint (被投诉)",
        ),
        ("该公众号已迁移", "the account moved to another (公众号已迁移)"),
        ("该账号已自主注销，内容无法查看", "the account is closed (账号已自主注销)"),
        ("此帐号已被屏蔽, 内容无法查看", "the account is closed (帐号已被屏蔽)"),
        ("链接已过期", "the link has expired (链接已过期)"),
        ("参数错误", "the link leads nowhere (参数错误)"),
    ],
)
def test_an_article_that_is_gone_is_empty(text, reason):
    assert parse(notice(text)) == ParsedRefusal(reason=reason, retryable=False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "当前环境异常，完成验证后即可继续访问。",
            "WeChat asks this visitor to prove to be human (环境异常)",
        ),
        (
            "访问过于频繁，请用微信扫描二维码进行访问",
            "WeChat says that it was asked too often (访问过于频繁)",
        ),
        (
            "请在微信客户端打开链接",
            "WeChat shows the page only within its own program (请在微信客户端打开)",
        ),
        ("系统出错", "WeChat reports an error of its own (系统出错)"),
    ],
)
def test_a_visitor_that_is_kept_out_learns_nothing_of_the_article(text, reason):
    assert parse(notice(text, title="某页")) == ParsedRefusal(reason=reason, retryable=True)


def test_any_other_page_is_no_article():
    reason = "no article recognised in a page titled '某页'"
    assert parse(notice("别的什么", title="某页")) == ParsedUnparsable(reason=reason)


def test_the_page_that_asks_for_a_captcha_is_known_by_its_address():
    captcha = "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x"
    parsed = parse("<html><body><div id=app></div></body></html>", captcha)
    assert isinstance(parsed, ParsedRefusal)
    assert "prove to be human" in parsed.reason


def test_an_article_about_deleted_articles_is_an_article():
    text = "该内容已被发布者删除，环境异常"
    assert article(OF_2018.replace("第二段", text)).text.endswith(text)


def test_an_empty_answer_is_unparsable():
    assert parse(b"") == ParsedUnparsable(reason="the answer has no content")


@given(st.binary() | st.text(alphabet="<>/=\"'\\xu;{}: varmsgtiljsconed|\0\n").map(str.encode))
def test_no_bytes_make_it_raise(body):
    parse(body)
    parse(b"<div id=js_content>x</div><script>cgiDataNew={title:'" + body)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('var nick = "a";', "a"),
        ("window.nick = '' || 'b' ;", "b"),
        ("d.nick = xml ? getXmlValue('nick.DATA') : 'c';", "c"),
        ('var nick = htmlDecode("d\\u4e2d\\x26");', "d中&"),
        ("var nick = 1522968980;", "1522968980"),
        ('var nick = "" * 1; var other = "x";', ""),
        ('var nick = other, more = "x";', ""),
        ('if (nick == "x") {}', ""),
        ("var nick_new = 'x';", ""),
        ("nick: 'x'", ""),
        ("window.cgiDataNew = { a: 1, nick: JsDecode('e') }", "e"),
        ("var nick = 'unfinished", ""),
        ("var nick = 'it\\'s \\\"so\\\"';", 'it\'s "so"'),
    ],
)
def test_script_values(expression, value):
    assert script_value(f"var before = 'no';\n{expression}\n", "nick") == value


def test_the_first_name_that_has_a_value_counts():
    assert script_value("var a = ''; var b = 'x'; var c = 'y';", "a", "c", "b") == "y"


@given(st.text())
def test_unescaping_gives_text_that_can_be_stored(text):
    unescape(text.replace("x", "\\u")).encode()


@pytest.mark.parametrize(
    ("url", "body", "is_one"),
    [
        (LASTING, b"", True),
        ("http://mp.weixin.qq.com", b"", True),
        ("https://mp.weixin.qq.com.example/s", b"", False),
        ("http://127.0.0.1:8000/s", OF_2018.encode(), True),
        ("https://example.org/", b"<p>mp.weixin.qq.com</p>", False),
    ],
)
def test_pages_of_wechat_are_known_by_host_or_markup(url, body, is_one):
    payload = Payload(url=url, body=body, fetched_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert is_wechat_page(payload) is is_one


def test_links_of_search_engines_expire():
    assert is_expiring(SEARCHED)
    assert not is_expiring(LASTING)


def test_the_bridge_is_asked_with_encoded_names():
    bridge = "http://127.0.0.1:4000/feeds/{biz}.xml?name={account}"
    assert (
        wechat_feed_url(bridge, "MzA0MTIzNDU2Nw==", "端侧 {biz}")
        == "http://127.0.0.1:4000/feeds/MzA0MTIzNDU2Nw%3D%3D.xml?name=%E7%AB%AF%E4%BE%A7%20%7Bbiz%7D"
    )
