"""What is made ahead in a thread: the last one first, once, and only while somebody may come for it."""

import asyncio
import threading

from workers.foresight import Foresight


class _Maker:
    """Makes capitals, but not of "no"; and nothing before it `may` begin."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.asked: list[str] = []
        self._has_made = threading.Condition()

    def __call__(self, name: str) -> str:
        self.may.wait(20)
        with self._has_made:
            self.asked.append(name)
            self._has_made.notify()
        if name == "no":
            raise ValueError("not this one")
        return name.upper()

    async def makes(self, count: int, foresight: Foresight[str, str]) -> None:
        self.may.set()
        assert await asyncio.to_thread(self._wait_for, count)
        await foresight.close()  # the last one is put down

    def _wait_for(self, count: int) -> bool:
        with self._has_made:
            return self._has_made.wait_for(lambda: len(self.asked) >= count, 20)


async def test_each_is_made_and_taken_once_and_what_is_taken_before_is_not_made() -> None:
    maker = _Maker()
    foresight = Foresight(maker, most=10)
    for number, name in enumerate(("a", "b", "c", "d")):
        foresight.ask(number, name)
    assert foresight.take(1) is None
    await maker.makes(3, foresight)
    assert sorted(maker.asked) == ["a", "c", "d"]
    assert maker.asked.index("d") < maker.asked.index("c")
    assert [foresight.take(3), foresight.take(3), foresight.take(2)] == ["D", None, "C"]


async def test_what_cannot_be_made_is_left_to_who_comes_for_it() -> None:
    maker = _Maker()
    foresight = Foresight(maker, most=10)
    for number, name in enumerate(("no", "a", "no")):
        foresight.ask(number, name)
    await maker.makes(3, foresight)
    assert [foresight.take(number) for number in range(3)] == [None, "A", None]


async def test_what_nobody_comes_for_is_forgotten() -> None:
    maker = _Maker()
    foresight = Foresight(maker, most=3)
    for number in range(20):
        foresight.ask(number, "a")
    await maker.makes(20, foresight)
    assert 0 < sum(foresight.take(number) is not None for number in range(20)) <= 3
