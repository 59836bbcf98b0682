"""Turns at a service."""

import threading

from tests.fake_clock import FakeClock


def test_the_first_turn_does_not_wait():
    clock = FakeClock()
    with clock.pace().turn(3.0):
        pass
    assert clock.slept == []


def test_the_pause_counts_from_the_end_of_the_turn_before():
    clock = FakeClock()
    pace = clock.pace()
    with pace.turn(3.0):
        clock.elapsed += 10  # a slow answer
    clock.elapsed += 1
    with pace.turn(3.0):
        pass
    assert clock.slept == [2.0]


def test_a_turn_that_failed_is_followed_by_a_pause_too():
    clock = FakeClock()
    pace = clock.pace()
    try:
        with pace.turn(3.0):
            raise KeyError
    except KeyError:
        pass
    with pace.turn(3.0):
        pass
    assert clock.slept == [3.0]


def test_deferring_holds_for_the_next_turn_and_never_shortens_a_pause():
    clock = FakeClock()
    pace = clock.pace()
    with pace.turn(3.0):
        pace.defer(30.0)
        pace.defer(1.0)
    with pace.turn(3.0):
        pass
    assert clock.slept == [30.0]


def test_turns_of_several_threads_never_overlap():
    pace = FakeClock().pace()
    within: list[int] = []
    overlaps: list[int] = []

    def take_turns() -> None:
        for _ in range(50):
            with pace.turn(0.0):
                within.append(1)
                overlaps.append(len(within))
                within.pop()

    threads = [threading.Thread(target=take_turns) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert overlaps == [1] * 200
