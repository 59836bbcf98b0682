import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.identity import canonical_url, identify, mentions
from store.models import Kind
from tests.pipeline.addresses import ANYTHING

SAME = {
    "arxiv:1812.00332": """
        https://arxiv.org/abs/1812.00332
        http://www.arxiv.org/abs/1812.00332v2
        https://arxiv.org/pdf/1812.00332
        https://arxiv.org/pdf/1812.00332v1.pdf
        https://arxiv.org/pdf/1812.00332.pdf。
        https://arxiv.org/html/1812.00332v2
        https://arxiv.org/html/1812.00332v2/x1.png
        https://arxiv.org/format/1812.00332
        https://arxiv.org/e-print/1812.00332v1
        https://arxiv.org/ps/1812.00332
        https://arxiv.org/abs/1812.00332?context=cs#comments
        https://arxiv.org/abs/arXiv:1812.00332
        https://export.arxiv.org/abs/1812.00332
        https://browse.arxiv.org/pdf/1812.00332.pdf
        https://cn.arxiv.org/abs/1812.00332
        http://xxx.lanl.gov/abs/1812.00332
        https://ar5iv.labs.arxiv.org/html/1812.00332
        https://ar5iv.org/abs/1812.00332
        https://www.alphaxiv.org/abs/1812.00332
        https://www.alphaxiv.org/overview/1812.00332v2
        https://huggingface.co/papers/1812.00332
        https://paperswithcode.com/paper/1812.00332
        https://www.arxiv-vanity.com/papers/1812.00332/
        https://arxiv-sanity-lite.com/?rank=pid&pid=1812.00332
        https://papers.cool/arxiv/1812.00332
        https://api.semanticscholar.org/arXiv:1812.00332
        https://doi.org/10.48550/arXiv.1812.00332
        https://link.zhihu.com/?target=https%3A//arxiv.org/abs/1812.00332
        arXiv:1812.00332v2
        arXiv：1812.00332
        arxiv.org/abs/1812.00332
        doi:10.48550/arxiv.1812.00332
    """,
    "arxiv:1412.6980": """
        https://arxiv.org/abs/1412.6980
        https://arxiv.org/pdf/1412.6980v9
    """,
    "arxiv:cs/0112017": """
        https://arxiv.org/abs/cs/0112017
        https://arxiv.org/abs/cs.CV/0112017v1
        https://arxiv.org/pdf/cs%2F0112017.pdf
        arXiv:cs/0112017
    """,
    "arxiv:math/0309136": """
        https://arxiv.org/abs/math.GT/0309136
        https://arxiv.org/ps/math/0309136v3.ps.gz
    """,
    "arxiv:cond-mat/9901001": """
        https://arxiv.org/abs/cond-mat.mes-hall/9901001
        https://arxiv.org/abs/COND-MAT/9901001
    """,
    "github:owner/some.name_1": """
        https://github.com/Owner/Some.Name_1
        http://www.github.com/owner/some.name_1/
        https://github.com/owner/some.name_1.git
        https://github.com/owner/some.name_1?tab=readme-ov-file#usage
        https://github.com/owner/some.name_1/tree/main/examples
        https://github.com/owner/some.name_1/blob/main/README.md
        https://github.com/owner/some.name_1/issues/7
        https://github.com/owner/some.name_1/releases/tag/v1.0
        https://github.com/owner/some.name_1/wiki
        https://github.com/owner/some.name_1/pull/3/files
        https://raw.githubusercontent.com/owner/some.name_1/main/README.md
        https://codeload.github.com/owner/some.name_1/zip/refs/heads/main
        https://api.github.com/repos/owner/some.name_1/releases
        https://cdn.jsdelivr.net/gh/owner/some.name_1@main/a.js
        https://colab.research.google.com/github/owner/some.name_1/blob/main/a.ipynb
        https://ghproxy.com/https://github.com/owner/some.name_1
        git@github.com:owner/some.name_1.git
        ssh://git@github.com/owner/some.name_1.git
        git://github.com/owner/some.name_1.git
        git+https://github.com/owner/some.name_1.git@main
        github.com/owner/some.name_1
    """,
    "gist:0123456789abcdef0123": """
        https://gist.github.com/owner/0123456789abcdef0123
        https://gist.github.com/0123456789ABCDEF0123#file-a-py
        https://gist.githubusercontent.com/owner/0123456789abcdef0123/raw/a.py
    """,
    "wechat:MzA3MTIzNDU2Nw==/2650700001/2": """
        https://mp.weixin.qq.com/s?__biz=MzA3MTIzNDU2Nw==&mid=2650700001&idx=2&sn=0a1b2c
        http://mp.weixin.qq.com/s?__biz=MzA3MTIzNDU2Nw%3D%3D&mid=2650700001&idx=2&sn=0a1b2c#rd
        https://mp.weixin.qq.com/s?sn=0a1b2c&idx=2&mid=2650700001&__biz=MzA3MTIzNDU2Nw==&chksm=8&scene=21
        https://mp.weixin.qq.com/s?__biz=MzA3MTIzNDU2Nw==&amp;mid=2650700001&amp;idx=2&amp;sn=0a1b2c
        https://mp.weixin.qq.com/s/?__biz=MzA3MTIzNDU2Nw&mid=2650700001&idx=2&sn=0a1b2c
        http://mp.weixin.qq.com/mp/appmsg/show?__biz=MzA3MTIzNDU2Nw==&appmsgid=2650700001&itemidx=2&sign=0a1b2c
        https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x&target_url=https%3A%2F%2Fmp.weixin.qq.com%2Fs%3F__biz%3DMzA3MTIzNDU2Nw%3D%3D%26mid%3D2650700001%26idx%3D2%26sn%3D0a1b2c
    """,
    "wechat:s/AbC-dEf_GhIjKlMnOpQrSt": """
        https://mp.weixin.qq.com/s/AbC-dEf_GhIjKlMnOpQrSt
        http://mp.weixin.qq.com/s/AbC-dEf_GhIjKlMnOpQrSt?scene=1#wechat_redirect
        mp.weixin.qq.com/s/AbC-dEf_GhIjKlMnOpQrSt
    """,
    "url:mp.weixin.qq.com/s?signature=Ab*c-D_e=": """
        https://mp.weixin.qq.com/s?timestamp=1560481692&src=3&ver=1&signature=Ab*c-D_e=
        https://mp.weixin.qq.com/s?src=3&timestamp=1560481692&ver=1&signature=Ab*c-D_e%3D&new=1
    """,
    "doi:10.1145/3297858.3304028": """
        https://doi.org/10.1145/3297858.3304028
        http://dx.doi.org/10.1145/3297858.3304028
        https://dl.acm.org/doi/10.1145/3297858.3304028
        https://dl.acm.org/doi/pdf/10.1145/3297858.3304028
        https://dl.acm.org/doi/abs/10.1145/3297858.3304028?casa_token=x
        doi:10.1145/3297858.3304028
        10.1145/3297858.3304028
    """,
    "doi:10.1007/s11263-019-01247-4": """
        https://link.springer.com/article/10.1007/s11263-019-01247-4
        https://link.springer.com/content/pdf/10.1007%2Fs11263-019-01247-4.pdf
        https://doi.org/10.1007/S11263-019-01247-4
    """,
    "doi:10.1038/s41586-019-1424-8": """
        https://www.nature.com/articles/s41586-019-1424-8
        https://www.nature.com/articles/s41586-019-1424-8.pdf
        https://doi.org/10.1038/s41586-019-1424-8
    """,
    "openreview:Skh4jRcKQ": """
        https://openreview.net/forum?id=Skh4jRcKQ
        https://openreview.net/pdf?id=Skh4jRcKQ
        https://openreview.net/forum?noteId=abc&id=Skh4jRcKQ
        https://openreview.net/attachment?id=Skh4jRcKQ&name=pdf
    """,
    "cvf:Doe_A_Small_Network_CVPR_2019": """
        http://openaccess.thecvf.com/content_CVPR_2019/html/Doe_A_Small_Network_CVPR_2019_paper.html
        https://openaccess.thecvf.com/content_CVPR_2019/papers/Doe_A_Small_Network_CVPR_2019_paper.pdf
    """,
    "cvf:Doe_A_Small_Network_CVPRW_2021": """
        https://openaccess.thecvf.com/content/CVPR2021W/ECV/html/Doe_A_Small_Network_CVPRW_2021_paper.html
        https://openaccess.thecvf.com/content/CVPR2021W/ECV/papers/Doe_A_Small_Network_CVPRW_2021_paper.pdf
        https://openaccess.thecvf.com/content/CVPR2021W/ECV/supplemental/Doe_A_Small_Network_CVPRW_2021_supplemental.pdf
    """,
    "acl:N19-1001": """
        https://aclanthology.org/N19-1001/
        https://www.aclweb.org/anthology/N19-1001.pdf
        https://www.aclweb.org/anthology/papers/N/N19/N19-1001/
        https://aclanthology.info/papers/N19-1001/n19-1001
        https://aclanthology.org/n19-1001v2.pdf
    """,
    "acl:2020.acl-main.1": """
        https://aclanthology.org/2020.acl-main.1/
        https://www.aclweb.org/anthology/2020.acl-main.1.pdf
        https://aclanthology.org/2020.acl-main.1.bib
    """,
    "neurips:8410": """
        https://papers.nips.cc/paper/8410-a-small-network
        http://papers.neurips.cc/paper/8410-a-small-network.pdf
        https://papers.nips.cc/paper/8410-a-small-network/
    """,
    "neurips:2019/0123456789abcdef0123456789abcdef": """
        https://papers.nips.cc/paper/2019/hash/0123456789abcdef0123456789abcdef-Abstract.html
        https://proceedings.neurips.cc/paper/2019/file/0123456789abcdef0123456789abcdef-Paper.pdf
        https://proceedings.neurips.cc/paper_files/paper/2019/hash/0123456789abcdef0123456789abcdef-Abstract.html
    """,
    "mlsys:2020/0123456789abcdef0123456789abcdef": """
        https://proceedings.mlsys.org/paper/2020/hash/0123456789abcdef0123456789abcdef-Abstract.html
        https://proceedings.mlsys.org/paper/2020/file/0123456789abcdef0123456789abcdef-Paper.pdf
    """,
    "pmlr:v97/doe19a": """
        http://proceedings.mlr.press/v97/doe19a.html
        https://proceedings.mlr.press/v97/doe19a
        https://proceedings.mlr.press/v97/doe19a/doe19a.pdf
        https://proceedings.mlr.press/v97/doe19a/doe19a-supp.pdf
    """,
    "zhihu:p/67700001": """
        https://zhuanlan.zhihu.com/p/67700001
        https://zhuanlan.zhihu.com/p/67700001?utm_source=wechat_session
        https://oia.zhihu.com/articles/67700001
        https://www.zhihu.com/tardis/zm/art/67700001
    """,
    "zhihu:answer/19554": """
        https://www.zhihu.com/question/4663/answer/19554
        https://www.zhihu.com/answer/19554
        https://m.zhihu.com/question/4663/answer/19554?hb_wx_block=0
    """,
    "zhihu:question/4663": """
        https://www.zhihu.com/question/4663
        https://www.zhihu.com/question/4663/answers/updated
    """,
    "youtube:a-B_c3D4e5F": """
        https://www.youtube.com/watch?v=a-B_c3D4e5F&t=10s
        https://youtu.be/a-B_c3D4e5F?si=x
        https://m.youtube.com/watch?v=a-B_c3D4e5F&list=x
        https://www.youtube-nocookie.com/embed/a-B_c3D4e5F
    """,
    "bilibili:BV1aB4y1C7dE": """
        https://www.bilibili.com/video/BV1aB4y1C7dE/?spm_id_from=333&vd_source=x
        https://b23.tv/BV1aB4y1C7dE
        https://m.bilibili.com/video/bv1aB4y1C7dE
    """,
    "url:blog.example.org/a?id=1": """
        https://blog.example.org/a/?utm_source=x&id=1#top
        http://blog.example.org/a?id=1
    """,
}
SAME_PAIRS = [(key, url) for key, urls in SAME.items() for url in urls.split()]


@pytest.mark.parametrize(("key", "url"), SAME_PAIRS)
def test_all_addresses_of_a_thing_have_its_key(key, url):
    assert identify(url).keys[0] == key


@pytest.mark.parametrize(("key", "url"), SAME_PAIRS)
def test_they_have_one_canonical_address(key, url):
    shown = {canonical_url(other) for other in SAME[key].split()}
    assert shown == {identify(url).canonical}


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("arXiv:1812.00332v2", "https://arxiv.org/abs/1812.00332"),
        ("https://arxiv.org/pdf/math.GT/0309136v2", "https://arxiv.org/abs/math/0309136"),
        ("git@github.com:Owner/Name.git", "https://github.com/owner/name"),
        ("https://zhuanlan.zhihu.com/p/1?a=1", "https://zhuanlan.zhihu.com/p/1"),
        ("https://zhihu.com/question/1/answer/2", "https://www.zhihu.com/answer/2"),
        ("https://openreview.net/pdf?id=a-_1", "https://openreview.net/forum?id=a-_1"),
        (
            "https://mp.weixin.qq.com/s?chksm=1&idx=1&mid=2&sn=3f&__biz=MzA3MTIzNDU2Nw",
            "https://mp.weixin.qq.com/s?__biz=MzA3MTIzNDU2Nw==&mid=2&idx=1&sn=3f",
        ),
        (
            "https://openaccess.thecvf.com/content_ICCVW_2019/papers/EDL/Doe_A_ICCVW_2019_paper.pdf",
            "https://openaccess.thecvf.com/content_ICCVW_2019/papers/EDL/Doe_A_ICCVW_2019_paper.pdf",
        ),
        (
            "https://openaccess.thecvf.com/content_CVPRW_2020/papers/w40/Doe_A_CVPRW_2020_paper.pdf",
            "https://openaccess.thecvf.com/content_CVPRW_2020/html/w40/Doe_A_CVPRW_2020_paper.html",
        ),
        ("https://doi.org/10.1016/S0925(01)00702-0", "https://doi.org/10.1016/s0925(01)00702-0"),
    ],
)
def test_canonical_address_of_known_sites(url, canonical):
    assert identify(url).canonical == canonical


DIFFERENT = [
    "https://arxiv.org/abs/1812.00333",
    "https://arxiv.org/abs/cs/0112018",
    "https://arxiv.org/abs/math/0112017",
    "https://arxiv.org/list/cs.CV/recent",
    "https://arxiv.org/list/cs.LG/recent",
    "https://arxiv.org/abs/1812.0033",
    "https://arxiv.org/abs/1813.00332",
    "https://github.com/other/some.name_1",
    "https://github.com/owner/some.name_2",
    "https://github.com/owner",
    "https://github.com/owner?tab=repositories",
    "https://owner.github.io/some.name_1",
    "https://huggingface.co/owner/some.name_1",
    "https://huggingface.co/datasets/owner/some.name_1",
    "https://gist.github.com/owner",
    "https://mp.weixin.qq.com/s?__biz=MzA3MTIzNDU2Nw==&mid=2650700001&idx=1&sn=0a1b2c",
    "https://mp.weixin.qq.com/s?__biz=MzA3MTIzNDU2Nw==&mid=2650700002&idx=2&sn=0a1b2c",
    "https://mp.weixin.qq.com/s?__biz=MzA3MTIzNDU2OA==&mid=2650700001&idx=2&sn=0a1b2c",
    "https://mp.weixin.qq.com/s/AbC-dEf_GhIjKlMnOpQrSu",
    "https://mp.weixin.qq.com/s/abC-dEf_GhIjKlMnOpQrSt",
    "https://mp.weixin.qq.com/s?timestamp=1560481692&src=3&ver=1&signature=Ab*c-D_f=",
    "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=MzA3MTIzNDU2Nw==&album_id=1",
    "https://openreview.net/forum?id=skh4jrckq",
    "https://openreview.net/group?id=ICLR.cc/2019",
    "https://openreview.net/references/pdf?id=Skh4jRcKQ",
    "https://aclanthology.org/volumes/N19-1/",
    "https://papers.nips.cc/paper/2019",
    "https://papers.nips.cc/paper/2018/hash/0123456789abcdef0123456789abcdef-Abstract.html",
    "https://proceedings.mlr.press/v97/",
    "https://proceedings.mlr.press/v98/doe19a.html",
    "https://www.nature.com/articles/d41586-019-1424-8",
    "https://www.zhihu.com/question/67700001",
    "https://zhuanlan.zhihu.com/p/4663",
    "https://www.youtube.com/watch?v=a-B_c3D4e5f",
    "https://www.bilibili.com/video/BV1aB4y1C7de",
    "https://github.com:8443/owner/some.name_1",
]


def test_different_things_share_no_key():
    different = [*SAME, *(identify(url).keys[0] for url in DIFFERENT)]
    assert len(different) == len(set(different)) == len(SAME) + len(DIFFERENT)


@pytest.mark.parametrize(
    "page",
    [
        "topics/quantization",
        "trending/python",
        "orgs/owner/repositories",
        "features/actions",
        "sponsors/owner",
        "marketplace/actions",
        "collections/a",
        "settings/profile",
        "login/oauth",
        "about/a",
        "search/advanced",
        "explore/email",
        "apps/a",
        "users/owner",
        "stars/owner",
        "notifications/a",
    ],
)
def test_pages_of_github_itself_are_no_repositories(page):
    assert identify(f"https://github.com/{page}").keys == (f"url:github.com/{page}",)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://arxiv.org/abs/1812.00332", Kind.PAPER),
        ("https://doi.org/10.1145/1.2", Kind.PAPER),
        ("https://openreview.net/forum?id=a", Kind.PAPER),
        ("https://github.com/owner/name", Kind.REPOSITORY),
        ("https://mp.weixin.qq.com/s/AbC-dEf_GhIjKlMnOpQrSt", Kind.ARTICLE),
        ("https://gist.github.com/owner/0123456789abcdef0123", None),
        ("https://example.org/", None),
        ("", None),
    ],
)
def test_kind(url, kind):
    assert identify(url).kind is kind


@pytest.mark.parametrize(
    ("url", "expiring"),
    [
        ("https://mp.weixin.qq.com/s?timestamp=1&src=3&ver=1&signature=Ab*c", True),
        ("https://weixin.sogou.com/link?url=dn9a_-gY295K0Rci", True),
        ("https://mp.weixin.qq.com/s/AbC-dEf_GhIjKlMnOpQrSt", False),
        ("https://mp.weixin.qq.com/s?__biz=MzA3MTIzNDU2Nw==&mid=1&idx=1&sn=a", False),
        ("https://example.org/?signature=Ab*c", False),
    ],
)
def test_links_of_a_search_engine_expire(url, expiring):
    assert identify(url).expiring is expiring


@given(ANYTHING)
@settings(max_examples=400, deadline=None)
def test_an_address_and_its_canonical_form_are_the_same_thing(text):
    given, canonical = identify(text), identify(canonical_url(text))
    assert given.keys == canonical.keys
    assert given.kind == canonical.kind
    assert given.canonical == canonical.canonical
    assert given.url == text
    assert all(key.encode("utf-8").decode("utf-8") == key for key in given.keys)


# --- mentions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("代码：https://github.com/a/b。论文见后", ("github:a/b",)),
        ("（https://arxiv.org/abs/1812.00332）", ("arxiv:1812.00332",)),
        (
            "开源在github.com/a/b，论文在arxiv.org/pdf/1812.00332v2.pdf；",
            ("github:a/b", "arxiv:1812.00332"),
        ),
        (
            "[代码](https://github.com/a/b)和[论文](https://arxiv.org/abs/1812.00332)",
            ("github:a/b", "arxiv:1812.00332"),
        ),
        ("https://github.com/a/b,https://github.com/c/d", ("github:a/b", "github:c/d")),
        ("https://github.com/a/bhttps://github.com/c/d", ("github:a/b", "github:c/d")),
        ("(https://github.com/a/b).", ("github:a/b",)),
        ("**https://github.com/a/b** 和 `github.com/c/d`", ("github:a/b", "github:c/d")),
        ('<a href="https://github.com/a/b">https://github.com/a/b</a>', ("github:a/b",)),
        (r"https://github.com/a/b\_c", ("github:a/b_c",)),
        ("https://github.com/a/b_c_", ("github:a/b_c_",)),
        ("git clone git@github.com:a/b.git", ("github:a/b",)),
        ("https://github.com/A/B/tree/main 与 github.com/a/b", ("github:a/b",)),
        ("arXiv:1812.00332v2 [cs.CV]", ("arxiv:1812.00332",)),
        ("论文：arXiv：1812.00332，", ("arxiv:1812.00332",)),
        ("arXiv preprint arXiv:1812.00332, 2018", ("arxiv:1812.00332",)),
        ("见 arxiv 1812.00332", ("arxiv:1812.00332",)),
        ("arXiv:cs/0112017", ("arxiv:cs/0112017",)),
        ("DOI: 10.1145/3297858.3304028.", ("doi:10.1145/3297858.3304028",)),
        ("见10.1145/3297858.3304028）", ("doi:10.1145/3297858.3304028",)),
        ("(https://doi.org/10.1016/S0925-2312(01)00702-0)", ("doi:10.1016/s0925-2312(01)00702-0",)),
        ("https://openreview.net/forum?id=Skh4jRcKQ&amp;noteId=a", ("openreview:Skh4jRcKQ",)),
        ("https://gist.github.com/owner/0123456789abcdef0123", ("gist:0123456789abcdef0123",)),
        ("https://link.zhihu.com/?target=https%3A//github.com/a/b", ("github:a/b",)),
    ],
)
def test_mentions_in_running_text(text, keys):
    assert mentions(text) == keys


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/owner 的主页，https://github.com/topics/quantization",
        "https://github.com/owner/very-long-na...",
        "https://github.com/owner/very-long-na…",
        "notgithub.com/a/b and me@github.com/a/b",
        "1812.00332 字，比例 10.1234/5678",
        "arXiv:1812.0033212 和 arXiv:9999.00001",
        "https://arxiv.org/list/cs.CV/recent",
        "https://mp.weixin.qq.com/s/AbC-dEf_GhIjKlMnOpQrSt",
        "",
    ],
)
def test_what_mentions_nothing(text):
    assert mentions(text) == ()


def test_links_come_after_the_text_and_nothing_twice():
    found = mentions(
        "先看 github.com/c/d，再看 arXiv:1812.00332",
        ["https://arxiv.org/pdf/1812.00332", "https://github.com/a/b", "#", "https://example.org"],
    )
    assert found == ("github:c/d", "arxiv:1812.00332", "github:a/b")


@given(
    st.text(
        st.sampled_from("中，。 ()）https://github.com/arXiv:1812.00332doi10.\\_…\ud800"),
        max_size=80,
    )
)
@settings(max_examples=300, deadline=None)
def test_mentions_of_any_text_are_distinct_papers_and_repositories(text):
    found = mentions(text, [text])
    assert len(set(found)) == len(found)
    assert all(key.partition(":")[0] in ("arxiv", "doi", "github", "gist") for key in found)


@pytest.mark.parametrize(
    ("before", "after"),
    [("", ""), ("（", "）"), ("代码：", "。"), ("见", "，"), ("\n", "\n"), ("「", "」")],
)
@given(
    owner=st.from_regex(r"[a-z][a-z0-9]{2,8}", fullmatch=True).map(lambda name: f"x-{name}"),
    name=st.from_regex(r"[a-z][a-z0-9._-]{0,12}[a-z0-9]", fullmatch=True),
)
@settings(max_examples=30, deadline=None)
def test_a_repository_is_found_between_full_width_punctuation(before, after, owner, name):
    assert mentions(f"文字{before}https://github.com/{owner}/{name}{after}文字") == (
        f"github:{owner}/{name.removesuffix('.git')}",
    )


@pytest.mark.parametrize(
    "piece", ["https://", "10.1234/", "arxiv ", "github.com/", "doi:", "www.", "a.", "((", "中文。"]
)
def test_no_text_makes_the_search_hang(piece):
    # a search that is more than linear would take minutes here
    assert len(mentions(piece * (400_000 // len(piece)))) <= 1
