from datetime import timedelta

from pipeline.standing import basis, news_since, standing
from store.models import Kind, PaperFacts, Verdict
from tests.builders import NOW, a_candidate, a_decision, a_draft, a_story, an_item


def test_nothing_decided():
    stands = standing([])
    assert (stands.verdict, stands.decided, stands.text) == (None, None, None)


def test_the_last_verdict_counts():
    stands = standing([a_decision(Verdict.ACCEPT), a_decision(Verdict.REJECT)])
    assert stands.verdict is Verdict.REJECT


def test_undo_takes_back_one_decision_at_a_time():
    decisions = [a_decision(Verdict.ACCEPT), a_decision(Verdict.REJECT)]
    undo = a_decision(Verdict.UNDO)
    assert standing([*decisions, undo]).verdict is Verdict.ACCEPT
    assert standing([*decisions, undo, undo]).verdict is None
    assert standing([*decisions, undo, undo, undo]).verdict is None


def test_an_edit_gives_the_text_and_no_verdict():
    mine = a_draft(title="我的标题")
    stands = standing([a_decision(Verdict.EDIT, editor=mine), a_decision(Verdict.ACCEPT)])
    assert (stands.verdict, stands.text) == (Verdict.ACCEPT, mine)


def test_undoing_an_edit_brings_the_earlier_text_back():
    first, second = a_draft(title="一"), a_draft(title="二")
    decisions = [
        a_decision(Verdict.EDIT, editor=first),
        a_decision(Verdict.EDIT, editor=second),
        a_decision(Verdict.UNDO, at=NOW + timedelta(hours=1)),
    ]
    assert standing(decisions).text == first


def a_paper(version: int, **changes):
    facts = PaperFacts(arxiv_id="2602.01234", version=version, **changes)
    item = an_item(kind=Kind.PAPER, paper=facts)
    return a_candidate(item=item, kind=Kind.PAPER, keys=("arxiv:2602.01234",))


def test_a_new_version_a_venue_and_the_code_are_news():
    before = basis(a_story(a_paper(1)), ("CVPR",))
    accepted = a_paper(2, comment="Accepted by CVPR 2026")
    repository = a_candidate(kind=Kind.REPOSITORY, keys=("github:a/b",))
    news = news_since(before, basis(a_story(accepted, repository), ("CVPR",)))
    assert news == ("arxiv:2602.01234 v2", "代码 github:a/b", "收录于 CVPR 2026")


def test_a_further_report_or_a_corrected_typo_is_no_news():
    one = a_candidate()
    two = a_candidate(
        item=an_item(title="端侧推理框架发布新版！", source="新智元"), content_hash="1" * 64
    )
    assert news_since(basis(a_story(one), ()), basis(a_story(one, two), ())) == ()
