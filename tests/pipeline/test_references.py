"""Reference lists: every form read, whatever else stands in it, and the commands about them."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.errors import InputError, SourceError
from config.load import load_settings
from pipeline.demo import CONFIG
from pipeline.identity import identify
from pipeline.references.adding import add_reference
from pipeline.references.reading import read_list
from store.database import Store
from tests.builders import NOW
from tests.loopback import Answer, LoopbackServer
from tests.pipeline.test_cli import run

AWESOME = """\
# Awesome Tiny Inference [![Awesome](https://b.example/badge.svg)](https://github.com/b/awesome)

[![Stars](https://img.example/stars)](https://github.com/sample/list/stargazers)
<p align="center"><a href="https://github.com/sample/list"><img src="a.png"></a></p>

Read [this survey](https://arxiv.org/abs/2101.00001) first.

## Contents
- [Papers](#papers)
- Please read the contribution guidelines before opening an issue

<!-- - [Hidden](https://arxiv.org/abs/1111.11111) -->

## Papers
- [SampleNet: Learned Steps for Networks](https://arxiv.org/abs/1901.00001v2) (CVPR 2019)
  [[code](https://github.com/Sample-Lab/SampleNet.git)]
- [**CVPR**] Pruning Channels with Sampled Masks.
  [[paper](https://openaccess.thecvf.com/content_CVPR_2019/papers/Doe_Masks_CVPR_2019_paper.pdf)]
- `[ICLR]` **Ternary Weights by Sampling**, J. Doe. [Paper](https://openreview.net/forum?id=Sk1)
- J. Doe and A. Roe. "Binary networks that do not diverge." ICLR 2018. arXiv:1802.00002
- Doe, J. "A quantised thing for phones", 2017 [[pdf]](http://ieeexplore.ieee.org/document/1/)
- Deep Sampling: Compressing Networks with Sampled Codebooks
- Jane Doe, Richard Roe and Max Mustermann
- Sampled Attention for Microcontrollers
  - Authors: J. Doe
  - [pdf](https://arxiv.org/pdf/2003.00003.pdf)
- [tinykit](https://github.com/sample/tinykit) - quantize anything in five lines of code
- [The Reference Style Paper][1]

| Title | Venue | Paper | Code |
|---|:-:|---|---|
| Sampled Lookups for Convolutions | NeurIPS | [arXiv](https://arxiv.org/abs/1811.00005) | [x](https://github.com/sample/lookups) |

**[12]** Doe, John. "**Distilled samples in networks**." (2015) [[pdf]](https://a.example/d.pdf)

<ul><li><a href="https://arxiv.org/abs/1905.00006">Sampling for the Masses: An Item</a></li></ul>

```
git clone https://github.com/sample/cloned
```

## Contributing
- Pull Requests Are Always Welcome Here

[1]: https://arxiv.org/abs/1906.00007
"""

BIBTEX = r"""% Encoding: UTF-8
@string{cvpr = "Proc. of " # {CVPR}}
@article{a, title={{SampleNet}: Gr{\"o}{\ss}e of \emph{tiny} nets \& more},
  journal = {arXiv preprint arXiv:1901.00001}, year=2019}
@inproceedings(b, title = "Another {"}Thing", booktitle = cvpr # " 2019", doi = {10.1109/X.1})
@article{c, title = {Sampling}, journal={CoRR}, volume={abs/1901.00002}}
@misc{d, title={tool}, howpublished = {\url{https://github.com/a/b\_c}}}
@article{broken, eprint={1901.00003}, title={Never closed, year=2019
@inproceedings{e, title={Only the title of this}, abstract={at https://github.com/x/y}}
@misc{f, eprint={0112017}, archivePrefix={arXiv}, primaryClass={cs.CV}, title={\v{S}t\'atn\'{\i}}}
"""

IDS = """\
# what I read
1812.00332
arXiv:1901.00001v2  A title here
- github.com/Sample/Tool # fast
2. owner/name
10.1145/1234567.1234568
cs/0112017, old one
https://openreview.net/forum?id=abc
not an id, nor either/or
arXiv: 1905.00001 1905.00002
"""


def told(text):
    return {item.key: item.title for item in read_list(text).items}


def test_an_awesome_list():
    assert read_list(AWESOME).form == "Markdown"
    assert told(AWESOME) == {
        "arxiv:2101.00001": "",
        "arxiv:1901.00001": "SampleNet: Learned Steps for Networks",
        "github:sample-lab/samplenet": "SampleNet: Learned Steps for Networks",
        "cvf:Doe_Masks_CVPR_2019": "Pruning Channels with Sampled Masks",
        "openreview:Sk1": "Ternary Weights by Sampling",
        "arxiv:1802.00002": "Binary networks that do not diverge",
        "title:aquantisedthingforphones": "A quantised thing for phones",
        "title:deepsamplingcompressingnetworkswithsampledcodebooks": "Deep Sampling: "
        "Compressing Networks with Sampled Codebooks",
        "arxiv:2003.00003": "Sampled Attention for Microcontrollers",
        "github:sample/tinykit": "tinykit - quantize anything in five lines of code",
        "arxiv:1906.00007": "The Reference Style Paper",
        "arxiv:1811.00005": "Sampled Lookups for Convolutions",
        "github:sample/lookups": "Sampled Lookups for Convolutions",
        "title:distilledsamplesinnetworks": "Distilled samples in networks",
        "arxiv:1905.00006": "Sampling for the Masses: An Item",
    }


def test_bibtex():
    assert read_list(BIBTEX).form == "BibTeX"
    assert told(BIBTEX) == {
        "arxiv:1901.00001": "SampleNet: Größe of tiny nets & more",
        "doi:10.1109/x.1": 'Another "Thing',
        "arxiv:1901.00002": "Sampling",
        "github:a/b_c": "tool",
        "arxiv:1901.00003": "Never closed, year=2019",
        "title:onlythetitleofthis": "Only the title of this",
        "arxiv:cs/0112017": "Štátní",
    }


def test_plain_ids():
    assert read_list(IDS).form == "plain ids"
    assert told(IDS) == {
        "arxiv:1812.00332": "",
        "arxiv:1901.00001": "A title here",
        "github:sample/tool": "",
        "github:owner/name": "",
        "doi:10.1145/1234567.1234568": "",
        "arxiv:cs/0112017": "old one",
        "openreview:abc": "",
        "arxiv:1905.00001": "",
        "arxiv:1905.00002": "",
    }


def test_a_web_page():
    page = """<!DOCTYPE html><html><body><ul>
      <li><b>Sampled Weights for All Networks</b> <a href="https://arxiv.org/pdf/1901.00001">pdf</a>
      <li><a href="//github.com/a/b">code</a> of it</ul><p>and arXiv:1901.00002</body></html>"""
    assert read_list(page).form == "a web page"
    assert told(page) == {
        "arxiv:1901.00001": "Sampled Weights for All Networks pdf",
        "github:a/b": "code of it",
        "arxiv:1901.00002": "",
    }


def test_a_citation_does_not_make_a_list_bibtex():
    assert read_list(AWESOME + "\n@misc{list, title={Awesome Tiny Inference}}\n").form == "Markdown"


TEX = r"Sampled {G}r{\"o}{\ss}e for Phones"
NAMES = st.text("abcXYZ019-._", min_size=1, max_size=12).map(lambda s: f"n{s}x")
ARXIV = st.builds(
    "{:02}{:02}.{:05}".format, st.integers(15, 29), st.integers(1, 12), st.integers(0, 99999)
)
OWNED = st.builds("o{}/{}".format, st.text("abcXYZ09", max_size=9), NAMES)
DOIS = st.builds("10.1145/{}.{}".format, st.integers(0, 9**7), st.integers(1, 9**7))
ADDRESSES = st.one_of(
    ARXIV.map("https://arxiv.org/abs/{}".format),
    ARXIV.map("https://arxiv.org/pdf/{}v2.pdf".format),
    OWNED.map("https://github.com/{}".format),
    OWNED.map("https://github.com/{}/tree/master".format),
    st.text("abcdXYZ0189-_", min_size=4, max_size=12).map(
        lambda name: f"https://openreview.net/forum?id=a{name}z"
    ),
    DOIS.map("https://doi.org/{}".format),
)
TITLES = st.lists(
    st.sampled_from(["Sampled", "Networks", "Pruning", "for", "Phones", "8-Bit", "量化"]),
    min_size=0,
    max_size=7,
).map(" ".join)
WAYS = [
    "- [{title}]({one}) [[code]({other})]",
    "* {title}. [[paper]({one})][[code]({other})]",
    "1. **{title}**, Doe et al. [Paper](<{one}>), [Code]({other})",
    "- {title} {one} {other}",
    "- {title}\n  - [pdf]({one})\n  - [code]({other})",
    "| {title} | [pdf]({one}) | {other} |",
    "{title}: {one}, {other}",
    '<li><a href="{one}">{title}</a> <a href="{other}">code</a></li>\n',
    "#### [{title}]({one})\n\n[Code]({other})",
    "> {title} <{one}> ({other})",
]


def keys(addresses):
    return {identify(address).keys[0] for address in addresses}


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(WAYS), TITLES, ADDRESSES, ADDRESSES), min_size=1))
def test_every_address_of_a_markdown_list_is_found(lines):
    text = "# List\n\n" + "\n\n".join(
        ("| t | p | c |\n|---|---|---|\n" if way.startswith("|") else "")
        + way.format(title=title, one=one, other=other)
        for way, title, one, other in lines
    )
    found = {item.key for item in read_list(text).items if not item.key.startswith("title:")}
    assert found == keys(address for line in lines for address in line[2:])


MARKS = st.sampled_from(["", "- ", "12. "])
ID_LINES = st.one_of(
    st.tuples(MARKS, st.sampled_from(["", "arXiv:", "arXiv: "]), ARXIV),
    st.tuples(MARKS, st.sampled_from(["", "github.com/", "https://github.com/"]), OWNED),
    st.tuples(MARKS, st.sampled_from(["", "doi:"]), DOIS),
    st.tuples(MARKS, st.just(""), ADDRESSES),
)


@settings(deadline=None)
@given(st.lists(ID_LINES, min_size=1))
def test_ids_are_read_back(lines):
    read = read_list("\n".join("".join(line) for line in lines) + "\n")
    whole = (
        f"arXiv:{name}" if name[:1].isdigit() and name[4] == "."
        else f"https://github.com/{name}" if name.startswith("o") else name
        for _, _, name in lines
    )  # fmt: skip
    assert read.form == "plain ids"
    assert {item.key for item in read.items} == keys(whole)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["url={{{}}}", "note = {{At \\url{{{}}}.}}", 'howpublished="{}"']),
            ADDRESSES,
        ),
        min_size=1,
    )
)
def test_bibtex_is_read_back(entries):
    text = "\n".join(
        f"@misc{{k{n}, title={{{TEX}}},\n  {way.format(address.replace('_', chr(92) + '_'))},\n}}"
        for n, (way, address) in enumerate(entries)
    )
    read = read_list(text)
    assert read.form == "BibTeX"
    assert {item.key for item in read.items} == keys(address for _, address in entries)
    assert {item.title for item in read.items} == {"Sampled Größe for Phones"}


_ODD = st.text(
    st.sampled_from("@a{}(),=\"#\\'%\n\t -*|[]<>!`_~:/.0 1中\ud800\0\u200b"), max_size=60
)
_BITS = st.sampled_from(
    [
        *("@article{", "@string(", "title=", "<html>", "<!--", "-->", "<img", "](", "- [", "[1]: "),
        *("https://arxiv.org/abs/1901.00001", "a/b", "\\v{", '\\"', "\\c c", "```", "\n|-|-|\n"),
    ]
)


@settings(deadline=None)
@given(st.lists(_ODD | _BITS | st.text(max_size=20)).map("".join))
@example("")
@example("@a{b, c = # # {")
@example("- " * 400)
@example("[" * 900)
@example("<html><li>" * 300)
def test_no_text_is_too_odd(text):
    read = read_list(text)
    assert len({item.key for item in read.items}) == len(read.items)
    for item in read.items:
        assert f"{item.key}{item.title}".encode()
        assert "\n" not in item.title
        assert len(item.title) <= 300


@pytest.fixture
def desk(tmp_path):
    def command(*arguments, now="2026-03-02T09:00"):
        db = tmp_path / "b.db"
        return run("reference", *arguments, "--config", CONFIG, "--db", db, "--now", now)

    return command


def test_a_list_is_added_listed_shown_and_removed(desk, tmp_path):
    path = tmp_path / "tiny.md"
    path.write_text(AWESOME, encoding="utf-8")
    code, out, err = desk("add", path, "--weight", "0.25")
    assert (code, out) == (0, "tiny: 12 papers, 3 repositories, weight 0.25; read as Markdown\n"), (
        err
    )
    _, out, _ = desk("list", "--json")
    head = {
        "name": "tiny",
        "origin": str(path),
        "added": "2026-03-02T09:00:00+08:00",
        "papers": 12,
        "repositories": 3,
        "weight": 0.25,
    }
    assert json.loads(out) == [head]
    _, out, _ = desk("show", "tiny", "--json")
    shown = json.loads(out)
    assert shown.pop("items")[2] == {
        "key": "github:sample-lab/samplenet",
        "title": "SampleNet: Learned Steps for Networks",
    }
    assert shown == head
    assert "openreview:Sk1" in desk("show", "tiny")[1]
    assert "tiny" in desk("list")[1]
    assert desk("remove", "tiny")[:2] == (0, "removed tiny\n")
    assert desk("list")[1] == "no reference lists; briefing reference add FILE|URL adds one\n"


def test_adding_again_says_what_is_new_and_gone(desk, tmp_path):
    path = tmp_path / "ids.txt"
    path.write_text("1901.00001\nowner/name\n")
    assert desk("add", path)[0] == 0
    path.write_text("1901.00001\n1901.00002 Another\n")
    code, out, _ = desk("add", path, now="2026-03-09T09:00")
    assert code == 0
    assert out.splitlines()[1:] == [
        f"replaces the list of 2026-03-02 from {path}: 1 new, 1 gone",
        "+ arxiv:1901.00002  Another",
        "- github:owner/name",
    ]
    assert len(json.loads(desk("list", "--json")[1])) == 1


@pytest.mark.parametrize(
    ("content", "arguments", "says"),
    [
        (b"1901.00001", ("--weight", "0"), "--weight 0: give a weight above 0"),
        (b"1901.00001", ("--weight", "nan"), "--weight nan: give a weight"),
        (b"1901.00001", ("--name", " "), "--name ' '"),
        (b"Nothing of note.\n", (), "list.md: names no paper and no repository; it was read as"),
        (b"", (), "list.md: names no paper"),
        (bytes(range(256)) * 20, (), "list.md: names no paper"),
        (None, (), "list.md: No such file or directory"),
    ],
)
def test_what_cannot_be_used_is_named(desk, tmp_path, content, arguments, says):
    path = tmp_path / "list.md"
    if content is not None:
        path.write_bytes(content)
    code, _, err = desk("add", path, *arguments)
    assert (code, err.count("\n"), says in err) == (2, 1, True), err
    assert json.loads(desk("list", "--json")[1]) == []


@pytest.mark.parametrize("command", ["show", "remove"])
def test_a_list_that_is_not_there_is_named(desk, command):
    code, _, err = desk(command, "nothing")
    assert (code, err) == (
        2,
        "briefing: there is no reference list 'nothing'; briefing reference list shows them\n",
    )


@pytest.fixture
def web():
    with LoopbackServer() as server:
        yield server


def add_from(web, tmp_path, address):
    network = {"mirrors": web.mirrors, "delay": 0, "retries": 0, "autothrottle": False}
    settings = load_settings(CONFIG, overrides={"network": network}, environment=False)
    with Store(tmp_path / "b.db") as store:
        return add_reference(store, settings, address, name=None, weight=0.5, now=NOW)


@pytest.mark.parametrize(
    ("address", "asked", "name"),
    [
        ("https://github.com/Sample/list", "readme", "Sample/list"),
        ("github.com/Sample/list.git", "readme", "Sample/list"),
        ("https://github.com/Sample/list/tree/dev/more", "readme/more?ref=dev", "Sample/list/more"),
        (
            "https://github.com/Sample/list/blob/main/a%20b.md#papers",
            "contents/a%20b.md?ref=main",
            "Sample/list/a b.md",
        ),
    ],
)
def test_a_repository_is_asked_for_its_readme(web, tmp_path, address, asked, name):
    said = AWESOME.encode()
    web.route(f"https://api.github.com/repos/Sample/list/{asked}", Answer(body=said))
    added = add_from(web, tmp_path, address)
    assert added.reference.name == name
    assert added.form == "Markdown"
    assert len(added.new) == 15


def test_a_list_does_not_name_itself(web, tmp_path):
    said = b"- [code](https://github.com/a/b)\n- [issues](https://github.com/Sample/list/issues)\n"
    web.route("https://api.github.com/repos/Sample/list/readme", Answer(body=said))
    [item] = add_from(web, tmp_path, "https://github.com/Sample/list").new
    assert item.key == "github:a/b"


def test_any_other_address_is_read_as_it_is(web, tmp_path):
    page = b"<html><p><a href='https://arxiv.org/abs/1901.00001'>Paper</a></html>"
    web.route("https://lists.example/tiny", Answer(body=page))
    added = add_from(web, tmp_path, "https://lists.example/tiny")
    assert (added.reference.name, added.form) == ("lists.example/tiny", "a web page")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("https://github.com/a/gone", "https://github.com/a/gone: GitHub has no such readme"),
        ("https://lists.example/gone", "https://lists.example/gone: HTTP 404"),
    ],
)
def test_an_address_that_cannot_be_had_is_named(web, tmp_path, address, says):
    with pytest.raises(SourceError) as raised:
        add_from(web, tmp_path, address)
    assert says in str(raised.value)


def test_no_address(web, tmp_path):
    with pytest.raises(InputError, match="is no web address"):
        add_from(web, tmp_path, "https://")
