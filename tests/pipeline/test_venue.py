import pytest

from pipeline.venue import venue_of

VENUES = (
    "CVPR",
    "ICML",
    "NeurIPS",
    "ICLR",
    "MLSys",
    "AAAI",
    "MICRO",
    "DATE",
    "Nature",
    "ACM MM",
    "MM",
)


@pytest.mark.parametrize(
    ("comment", "venue"),
    [
        ("Accepted by CVPR 2026", "CVPR 2026"),
        ("To appear in ICML'20", "ICML 2020"),
        ("ICML’20, 8 pages", "ICML 2020"),
        ("NeurIPS 2019 (oral)", "NeurIPS 2019"),
        ("ICLR2020", "ICLR 2020"),
        ("iclr2020", "ICLR 2020"),
        ("neurips 2019", "NeurIPS 2019"),
        ("AAAI-20 oral", "AAAI 2020"),
        ("Accepted at the conference (ICML), 2020.", "ICML 2020"),
        ("2021 IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)", "CVPR 2021"),
        ("2020 IEEE CVPR", "CVPR 2020"),
        ("CVPR'99", "CVPR 1999"),
        ("In Proceedings of the 26th ACM MM, 2018", "ACM MM 2018"),
        ("Accepted to CVPR, 12 pages", "CVPR"),
        ("MICRO-52", "MICRO"),
        ("MLSys 2021 workshop", "MLSys 2021 Workshop"),
        ("CVPRW 2020", "CVPR 2020 Workshop"),
        ("Workshop on small networks at NeurIPS 2019", "NeurIPS 2019 Workshop"),
        ("Published in Nature", "Nature"),
        ("Accepted to CVPR 2020; the journal version is submitted to MICRO", "CVPR 2020"),
        ("Submitted to MICRO. Short version accepted at ICML 2020", "ICML 2020"),
        ("Submitted version, finally accepted at ICML 2020", "ICML 2020"),
    ],
)
def test_venue_of_a_comment(comment, venue):
    assert venue_of(comment, None, VENUES) == venue


@pytest.mark.parametrize(
    "comment",
    [
        *("Submitted to CVPR 2020", "Under review as a conference paper at ICLR 2021"),
        *("ICLR 2020 submission", "Rejected from ICML 2019", "under double-blind review at ICML"),
        *("Winner of the CVPR 2020 low-power challenge", "12 pages in CVPR format"),
        *("ICMLA 2019", "MLSysX 2020", "CommMM 2020", "up to date 2020", "Date: 2020-01-01"),
        *("of a different nature", "micro benchmarks", "https://example.org/CVPR2020/code"),
        *("8 pages, 3 figures", "", None),
    ],
)
def test_what_is_no_acceptance(comment):
    assert venue_of(comment, None, VENUES) is None


def test_comment_goes_before_journal_reference_and_a_year_before_none():
    assert venue_of("CVPR 2020", "ICML 2019", VENUES) == "CVPR 2020"
    assert venue_of("Accepted to CVPR", "ICML 2019", VENUES) == "ICML 2019"
    assert venue_of(None, "Nature 521 (2015)", VENUES) == "Nature"


def test_only_configured_names_are_looked_for():
    assert venue_of("CVPR 2020", None, ()) is None
    assert venue_of("CVPR 2020", None, ("ICML",)) is None


@pytest.mark.parametrize("comment", ["Accepted at İCCV 2026", "ICML İCML ıcml", "K\u212aDD"])
def test_letters_that_merely_look_like_it_are_no_name(comment):
    assert venue_of(comment, None, (*VENUES, "ICCV", "KDD")) in (None, "ICML")


def test_of_an_endless_comment_the_beginning_is_read():
    assert venue_of("CVPR 2026 " + "CVPR " * 100_000, None, VENUES) == "CVPR 2026"
