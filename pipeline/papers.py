"""What the addresses of paper archives name.

arXiv with its mirrors and readers, DOIs, OpenReview, the CVF's open access, the ACL anthology,
NeurIPS, MLSys and PMLR. Each archive shows one paper under several addresses (abstract, PDF,
HTML, old and new layout); here they get one key and the address of the abstract page. A page
that is no paper (a list, a volume, a workshop's front page) gets nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias
from urllib.parse import quote, unquote

from pipeline.address import Address, Known
from store.models import Kind

Reader: TypeAlias = Callable[[Address], Known | None]
"""Says what an address names; None where it names nothing of the site's own."""

FLAGS = re.ASCII | re.IGNORECASE

ARXIV_ID = (
    # https://info.arxiv.org/help/arxiv_identifier.html: four digits from April 2007, five from
    # January 2015; before that archive/YYMMNNN, with a subject class that may be left out
    r"(?:(?:(?:0[7-9]|1[0-4])(?:0[1-9]|1[0-2])\.[0-9]{4}"
    r"|(?:1[5-9]|[2-9][0-9])(?:0[1-9]|1[0-2])\.[0-9]{5}"
    r"|[a-z]{1,8}(?:-[a-z]{2,4})?(?:\.[a-z-]{2,9})?/[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{3})"
    r"(?![0-9])(?:v[0-9]+)?)"
)
"""Regex of an arXiv id with or without version, for `FLAGS`."""

_VERSION = re.compile(r"v[0-9]+$")
_ARXIV_PATH = re.compile(
    r"/(?:[a-z]{2}/)?(?:abs|pdf|html|format|e-print|ps|src|dvi|tb|other|overview|resources|audio"
    r"|papers?|arxiv)/(?:arxiv:)?"
    rf"({ARXIV_ID})(?:\.pdf|\.ps|\.tar)?(?:\.gz)?[.,;:)]*(?:/.*)?",
    FLAGS,
)
_ARXIV_COLON_PATH = re.compile(rf"/(?:abs/|paper/)?arxiv:({ARXIV_ID})(?:/.*)?", FLAGS)
_ARXIV_HOSTS = (
    *("arxiv.org", "export.arxiv.org", "browse.arxiv.org", "cn.arxiv.org", "de.arxiv.org"),
    *("es.arxiv.org", "lanl.arxiv.org", "uk.arxiv.org", "xxx.lanl.gov", "xxx.itp.ac.cn"),
    *("ar5iv.org", "ar5iv.labs.arxiv.org", "alphaxiv.org", "huggingface.co", "hf.co"),
    *("arxiv-vanity.com", "arxiv-sanity.com", "paperswithcode.com", "papers.cool", "scirate.com"),
    *("emergentmind.com",),
)
_ARXIV_COLON_HOSTS = ("api.semanticscholar.org", "ui.adsabs.harvard.edu", "catalyzex.com")

_DOI = r"10\.[0-9]{4,9}/[!-~]+"
_DOI_PATH = re.compile(
    r"/(?:doi/|article/|chapter/|book/|content/pdf/)?"
    rf"(?:abs/|pdf/|pdfdirect/|epdf/|epub/|full/|fullhtml/|doi:)?({_DOI})",
    FLAGS,
)
_DOI_HOSTS = (
    *("doi.org", "dx.doi.org", "doi.acm.org", "dl.acm.org", "link.springer.com", "science.org"),
    *("onlinelibrary.wiley.com", "tandfonline.com", "journals.sagepub.com", "pnas.org"),
    *("pubs.acs.org", "pubs.aip.org", "worldscientific.com"),
)
_DOI_TAIL = re.compile(r"(?:/(?:full|abstract|pdf|epdf|html|meta))?(?:\.pdf|\.html?)?$", FLAGS)
_DOI_OF_ARXIV = re.compile(rf"10\.48550/arxiv\.({ARXIV_ID})", FLAGS)
_NATURE_PATH = re.compile(
    # d41586- marks news and comment
    r"/articles/((?!d41586-)[a-z]*[0-9][\w.-]*?)(?:\.e?pdf)?(?:/.*)?",
    FLAGS,
)

_CVF_PATH = re.compile(
    r"(/content[^/]*(?:/[^/]+){0,3}?)/(?:html|papers|supplemental)((?:/w\w+)?)/"
    r"([^/]+?)_(?:paper|supplemental)\.(?:html|pdf|zip)",
    FLAGS,
)
_ACL_PATH = re.compile(
    r"/(?:anthology/|papers/|attachments/|\w/\w\d\d/)*"
    r"([a-z]\d\d-\d{4}|\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+)"
    r"(?:v\d+)?(?:\.[\w.]+)?(?:/[\w.-]*)?",
    FLAGS,
)
_NIPS_HASH_PATH = re.compile(
    r"/paper(?:_files/paper)?/(\d{4})/(?:hash|file)/([0-9a-f]{32})-[A-Za-z]+"
    r"((?:-[\w]+)?)\.[a-z]+",
    FLAGS,
)
_NIPS_NUMBER_PATH = re.compile(r"/paper/((\d+)-[\w-]+?)(?:-supplemental)?(?:\.\w+)?(?:/.*)?", FLAGS)
_PMLR_PATH = re.compile(
    r"/([vr]\d+)/([a-z][\w-]*?\d\d[a-z]{0,2})(?:/.*|(?:-supp)?\.(?:html|pdf))?", FLAGS
)


def arxiv_id(text: str) -> str | None:
    """The arXiv id that `text` is, in lower case, without version and subject class."""
    if not re.fullmatch(ARXIV_ID, text, FLAGS):
        return None
    plain = _VERSION.sub("", text.lower())
    archive, slash, number = plain.partition("/")
    return archive.partition(".")[0] + "/" + number if slash else plain


def arxiv(identifier: str) -> Known | None:
    """The paper of an arXiv id, with or without version."""
    plain = arxiv_id(identifier)
    if plain is None:
        return None
    return Known(key=f"arxiv:{plain}", url=f"https://arxiv.org/abs/{plain}", kind=Kind.PAPER)


def doi(name: str) -> Known | None:
    """The paper of a DOI; arXiv's own DOIs are arXiv papers."""
    name = name.rstrip("/.,;")
    if not re.fullmatch(_DOI, name) or "//" in name or "/." in name:
        return None  # what an address spells in several ways is not worth the risk of a wrong key
    preprint = _DOI_OF_ARXIV.fullmatch(name)
    if preprint:
        return arxiv(preprint[1])
    # DOIs are case-insensitive: https://www.doi.org/doi-handbook/HTML/index.html, section 2.4
    name = name.lower()
    path = quote(name, safe="/!$&'()*+,;=:@")
    return Known(key=f"doi:{name}", url=f"https://doi.org/{path}", kind=Kind.PAPER)


def _read_arxiv(address: Address) -> Known | None:
    if address.host.startswith("arxiv-sanity-lite"):
        return arxiv(address.value("pid"))
    match = _ARXIV_PATH.fullmatch(unquote(address.path))
    return arxiv(match[1]) if match else None


def _read_arxiv_colon(address: Address) -> Known | None:
    match = _ARXIV_COLON_PATH.fullmatch(unquote(address.path))
    return arxiv(match[1]) if match else None


def _read_doi(address: Address) -> Known | None:
    match = _DOI_PATH.fullmatch(unquote(address.path))
    if not match:
        return None
    at_publisher = address.host not in ("doi.org", "dx.doi.org")
    return doi(_DOI_TAIL.sub("", match[1]) if at_publisher else match[1])


def _read_nature(address: Address) -> Known | None:
    match = _NATURE_PATH.fullmatch(address.path)
    return doi(f"10.1038/{match[1]}") if match else None


def _read_openreview(address: Address) -> Known | None:
    if address.path not in ("/forum", "/pdf", "/attachment", "/revisions"):
        return None
    forum = address.value("id")
    if not re.fullmatch(r"[\w-]+", forum, re.ASCII):
        return None
    return Known(
        key=f"openreview:{forum}",
        url=f"https://openreview.net/forum?id={forum}",
        kind=Kind.PAPER,
    )


def _read_cvf(address: Address) -> Known | None:
    match = _CVF_PATH.fullmatch(address.path)
    if not match:
        return None
    folder, workshop, name = match.groups()
    return Known(
        key=f"cvf:{name}",
        url=f"https://openaccess.thecvf.com{folder}/html{workshop}/{name}_paper.html",
        kind=Kind.PAPER,
    )


def _read_acl(address: Address) -> Known | None:
    match = _ACL_PATH.fullmatch(address.path)
    if not match:
        return None
    old_style = match[1][0].isalpha()
    name = match[1].upper() if old_style else match[1].lower()
    return Known(key=f"acl:{name}", url=f"https://aclanthology.org/{name}", kind=Kind.PAPER)


def _proceedings(scheme: str, host: str) -> Reader:
    """Make the reader of an archive that runs on NeurIPS's software."""

    def read(address: Address) -> Known | None:
        match = _NIPS_HASH_PATH.fullmatch(address.path)
        if not match:
            return None
        year, digest, track = match.groups()
        digest = digest.lower()  # of the paper's number, so unique only within a year
        return Known(
            key=f"{scheme}:{year}/{digest}",
            url=f"https://{host}/paper_files/paper/{year}/hash/{digest}-Abstract{track}.html",
            kind=Kind.PAPER,
        )

    return read


_read_neurips_hash = _proceedings("neurips", "proceedings.neurips.cc")


def _read_neurips(address: Address) -> Known | None:
    match = _NIPS_NUMBER_PATH.fullmatch(address.path)
    if not match:
        return _read_neurips_hash(address)
    name, number = match.groups()
    return Known(
        key=f"neurips:{number}", url=f"https://papers.nips.cc/paper/{name}", kind=Kind.PAPER
    )


def _read_pmlr(address: Address) -> Known | None:
    match = _PMLR_PATH.fullmatch(address.path)
    if not match:
        return None
    name = f"{match[1]}/{match[2]}".lower()
    return Known(
        key=f"pmlr:{name}", url=f"https://proceedings.mlr.press/{name}.html", kind=Kind.PAPER
    )


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        **dict.fromkeys(_ARXIV_HOSTS, _read_arxiv),
        **dict.fromkeys(_ARXIV_COLON_HOSTS, _read_arxiv_colon),
        "arxiv-sanity-lite.com": _read_arxiv,
        **dict.fromkeys(_DOI_HOSTS, _read_doi),
        "nature.com": _read_nature,
        "openreview.net": _read_openreview,
        "openaccess.thecvf.com": _read_cvf,
        "aclanthology.org": _read_acl,
        "aclanthology.info": _read_acl,
        "aclweb.org": _read_acl,
        "papers.nips.cc": _read_neurips,
        "papers.neurips.cc": _read_neurips,
        "proceedings.neurips.cc": _read_neurips,
        "datasets-benchmarks-proceedings.neurips.cc": _proceedings(
            "neurips-datasets", "datasets-benchmarks-proceedings.neurips.cc"
        ),
        "proceedings.mlsys.org": _proceedings("mlsys", "proceedings.mlsys.org"),
        "proceedings.mlr.press": _read_pmlr,
    }
)
"""Host -> what reads its addresses."""
