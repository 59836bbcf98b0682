"""What is made of settings is made once, however they are come by."""

from pipeline.once import once_each


def test_a_part_is_known_again_by_itself_and_by_its_content():
    made = []

    @once_each
    def joined(words: tuple[str, ...]) -> str:
        made.append(words)
        return " ".join(words)

    words, again = (tuple(letters) for letters in (["a", "b"], ["a", "b"]))
    assert [joined(words), joined(words), joined(again)] == ["a b"] * 3
    assert made == [("a", "b")]


def test_what_is_no_more_is_not_taken_for_what_got_its_id():
    @once_each
    def size(words: tuple[str, ...]) -> int:
        return len(words)

    for count in range(200):
        assert size(tuple(str(n) for n in range(count))) == count
