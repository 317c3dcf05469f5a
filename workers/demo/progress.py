"""What a person sees while the demonstration runs: one line a step, with a bar and a figure."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


@dataclass(frozen=True)
class Step:
    """One line; without a figure it is either under way or done."""

    progress: Progress
    task: TaskID

    def advance(self) -> None:
        self.progress.advance(self.task)

    def show(self, done: int, total: int) -> None:
        self.progress.update(self.task, completed=done, total=total)


class Steps:
    """The lines, from first to last."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<38}"),
            BarColumn(bar_width=24),
            TextColumn("{task.completed:>5.0f} of {task.total:.0f}"),
            TimeElapsedColumn(),
            console=console,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._progress.stop()

    @contextmanager
    def step(self, words: str, total: int | None = None) -> Iterator[Step]:
        """A line that is complete when the block ends well."""
        step = Step(self._progress, self._progress.add_task(words, total=total or 1))
        yield step
        task = self._progress.tasks[step.task]
        step.show(int(task.total or 1), int(task.total or 1))
