"""The press outlives whatever happens to its child, keeps it within limits, and lets it go."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest

from server.press import process
from server.press.errors import Overflow, PressError, TemplateBroken, TooSlow, TypesetterDied
from server.press.poster import print_poster
from server.press.process import Press
from server.press.sheet import TEMPLATES, Sheet
from tests.press.posters import body_of, poster

HEAD = '#set document(title: "x")\n#set text(font: "Source Sans Pro", fallback: false)\n'
ENDLESS = HEAD + "#for a in range(99999) { for b in range(99999) { } }"  # days


@pytest.fixture
async def press() -> AsyncIterator[Press]:
    one = Press()
    yield one
    await one.aclose()


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of templates of our own, beside the real `lib.typ`."""
    (tmp_path / "lib.typ").write_text((TEMPLATES / "lib.typ").read_text())
    (tmp_path / "plain.typ").write_text(HEAD + '#json("data.json").words #metadata((pages: 1)) <facts>')
    (tmp_path / "endless.typ").write_text(ENDLESS)
    monkeypatch.setattr(process, "TEMPLATES", tmp_path)
    return tmp_path


def plain(words: str = "Bonjour") -> Sheet:
    return Sheet("plain", {"words": words})


@pytest.mark.usefixtures("templates")
class TestLimits:
    async def test_a_sheet_without_end_is_stopped_in_time(self, press: Press) -> None:
        started = time.monotonic()
        with pytest.raises(TooSlow) as refused:
            await press.compile_sheet(Sheet("endless", {}, seconds=1))
        assert time.monotonic() - started < 5
        assert refused.value.product == "endless"
        assert (await press.compile_sheet(plain())).pdf.startswith(b"%PDF")

    async def test_a_sheet_that_eats_memory_is_stopped(self, press: Press, templates: Path) -> None:
        (templates / "fat.typ").write_text(HEAD + "#let words = range(400000000).map(str)\n#words.len()")
        with pytest.raises(TypesetterDied) as refused:
            await press.compile_sheet(Sheet("fat", {}))
        assert refused.value.status is not None
        assert refused.value.status != 0
        assert (await press.compile_sheet(plain())).files

    async def test_a_picture_larger_than_the_memory_is_stopped(self, press: Press) -> None:
        with pytest.raises(TypesetterDied):
            await press.compile_sheet(Sheet("plain", {"words": "x"}, output="png", ppi=6000))

    @pytest.mark.parametrize(
        "attempt",
        [
            '#read("/etc/passwd")',
            '#read("../../../../../../etc/passwd")',
            '#read("engine.py")',
            '#image("/usr/share/pixmaps/debian-logo.png", alt: "x")',
            '#import "@preview/tablex:0.0.8": *',
            '#include "/server/press/engine.py"',
        ],
    )
    async def test_a_template_opens_nothing(self, press: Press, templates: Path, attempt: str) -> None:
        (templates / "nosy.typ").write_text(HEAD + attempt)
        with pytest.raises(TemplateBroken):
            await press.compile_sheet(Sheet("nosy", {}))

    async def test_the_child_has_no_room_for_another_file_or_socket(self, press: Press) -> None:
        await press.compile_sheet(plain())
        child = Path(f"/proc/{press.child_pid}")
        limits = (child / "limits").read_text()
        assert "Max open files            3" in limits
        assert "Max core file size        0" in limits
        assert len(list((child / "fd").iterdir())) == 3

    async def test_an_error_in_a_template_shows_its_line(self, press: Press, templates: Path) -> None:
        (templates / "typo.typ").write_text(HEAD + "#nothing-of-this-name")
        with pytest.raises(TemplateBroken) as refused:
            await press.compile_sheet(Sheet("typo", {}))
        assert "main.typ:3" in refused.value.diagnostic


@pytest.mark.usefixtures("templates")
class TestAccidents:
    async def test_killed_in_the_middle_the_next_sheet_is_set(self, press: Press) -> None:
        await press.compile_sheet(plain())
        slow = asyncio.create_task(press.compile_sheet(Sheet("endless", {})))
        await asyncio.sleep(0.2)
        assert press.child_pid is not None
        os.kill(press.child_pid, signal.SIGKILL)
        with pytest.raises(TypesetterDied) as refused:
            await slow
        assert refused.value.status == -signal.SIGKILL
        assert (await press.compile_sheet(plain())).files

    async def test_killed_while_idle_nobody_notices(self, press: Press) -> None:
        await press.compile_sheet(plain())
        first = press.child_pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await asyncio.sleep(0.05)
        assert (await press.compile_sheet(plain())).files
        assert press.child_pid != first

    async def test_a_frozen_child_is_replaced(self, press: Press) -> None:
        await press.compile_sheet(plain())
        assert press.child_pid is not None
        os.kill(press.child_pid, signal.SIGSTOP)
        with pytest.raises(TooSlow):
            await press.compile_sheet(Sheet("plain", {"words": "x"}, seconds=0.5))
        assert (await press.compile_sheet(plain())).files

    async def test_a_child_whose_press_died_ends_by_itself(self) -> None:
        code = (
            "import os, sys; from server.press.process import press; from server.press.sheet import Sheet;"
            "from tests.press.posters import NOTICE; from server.press.poster import _sheet;"
            "press().print_now(_sheet(NOTICE)); print(press().child_pid, flush=True); os.kill(os.getpid(), 9)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)  # noqa: ASYNC221
        child = int(done.stdout)
        for _ in range(100):
            if not Path(f"/proc/{child}").exists():  # noqa: ASYNC240
                return
            await asyncio.sleep(0.02)
        pytest.fail("the child outlived its press")


@pytest.mark.usefixtures("templates")
class TestLife:
    async def test_many_at_once_are_all_set(self, press: Press) -> None:
        words = [f"mot {number}" for number in range(30)]
        prints = await asyncio.gather(*(press.compile_sheet(plain(one)) for one in words))
        assert len({one.pdf for one in prints}) == 30

    async def test_a_refusal_does_not_stop_the_others(self, press: Press, templates: Path) -> None:
        (templates / "typo.typ").write_text("#nothing")
        sheets = [plain("a"), Sheet("typo", {}), plain("b")]
        first, second, third = await asyncio.gather(*map(press.compile_sheet, sheets), return_exceptions=True)
        assert isinstance(second, PressError)
        assert not isinstance(first, BaseException)
        assert not isinstance(third, BaseException)

    async def test_two_children_set_the_same_bytes(self, press: Press) -> None:
        before = (await press.compile_sheet(plain())).pdf
        await press.aclose()
        assert (await press.compile_sheet(plain())).pdf == before

    def test_a_press_serves_one_event_loop_after_another(self) -> None:
        press = Press()
        try:
            for _ in range(2):
                assert asyncio.run(press.compile_sheet(plain())).files
        finally:
            press.close()

    async def test_no_child_before_the_first_sheet_none_after_closing(self, press: Press) -> None:
        assert press.child_pid is None
        await press.compile_sheet(plain())
        child = press.child_pid
        await press.aclose()
        assert press.child_pid is None
        assert not Path(f"/proc/{child}").exists()  # noqa: ASYNC240
        await press.aclose()

    async def test_closing_does_not_wait_for_a_slow_sheet(self, press: Press) -> None:
        tasks = [asyncio.create_task(press.compile_sheet(Sheet("endless", {}))) for _ in range(3)]
        await asyncio.sleep(0.5)
        started = time.monotonic()
        await press.aclose()
        assert time.monotonic() - started < 2
        for task in tasks:
            with pytest.raises((TypesetterDied, asyncio.CancelledError)):
                await task

    async def test_it_lets_go_of_an_idle_child(self) -> None:
        with contextlib.closing(Press(idle_seconds=0.2)) as press:
            await press.compile_sheet(plain())
            assert press.child_pid is not None
            await asyncio.sleep(0.6)
            assert press.child_pid is None
            assert (await press.compile_sheet(plain())).files

    async def test_a_child_is_renewed_after_its_share_of_work(self) -> None:
        with contextlib.closing(Press(recycle_jobs=2)) as press:
            children = []
            for number in range(4):
                await press.compile_sheet(plain(str(number)))
                children.append(press.child_pid)
            assert None not in children, "the next one is warm before anybody asks"
            assert [before == after for before, after in pairwise(children)] == [False, True, False]

    @pytest.mark.parametrize(("output", "set_again"), [("png", 1), ("pdf", 0)])
    async def test_a_new_child_sets_the_last_preview_again_so_that_the_next_edit_is_warm(
        self, output: Literal["png", "pdf"], set_again: int
    ) -> None:
        with contextlib.closing(Press(recycle_jobs=1)) as press:
            await press.compile_sheet(replace(plain(), output=output))
            await asyncio.get_running_loop().run_in_executor(press._queue, int)  # behind whatever is in the queue
            assert press._child is not None
            assert press._child.jobs == set_again

    async def test_a_child_that_grew_is_renewed(self) -> None:
        children: set[int | None] = set()
        with contextlib.closing(Press(recycle_mb=1)) as press:
            for number in range(2):
                await press.compile_sheet(plain(str(number)))
                children.add(press.child_pid)
            assert len(children - {None}) == 2


def test_the_web_process_does_not_carry_the_typesetter() -> None:
    code = "import sys, server.press.poster, server.press.process; print('typst' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b"False\n"


async def test_closing_leaves_no_thread_of_ours(press: Press) -> None:
    with pytest.raises(Overflow):
        await print_poster(poster(blocks=body_of(900)))
    await process.aclose()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("press")] == []
