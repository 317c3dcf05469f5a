"""The whole instance in one process and one event loop: web, workers, and the catcher when no relay is set."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from server.app import create_app
from server.cli.opening import Instance, Refused, console, opened
from server.core.logging import start_logging
from server.core.settings import Settings, settings
from workers.first_start import first_start
from workers.processes import rest_the_collector, share_memory
from workers.runner import run_crew, stop_on_signals
from workers.welcome import show_welcome

_LAST_ANSWERS = 5  # seconds that requests under way have to end when the instance is stopped


async def run_instance(*, demo: bool) -> None:
    """Run until a signal. `demo` opens a demonstration town where there is no town yet."""
    share_memory()
    configured = settings()
    start_logging(configured.log_level)
    with listening(configured) as listener:
        links = await first_start(configured) if demo else {}
        async with opened(configured, migrating=True, sending=True) as instance:
            await instance.database.check_file()
            await show_welcome(instance, links)
            stop = asyncio.Event()
            stop_on_signals(stop)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(serve(instance, listener, stop))
                tasks.create_task(run_crew(configured, instance.database, instance.secrets, stop))
    console.print("Tambour has stopped.")


async def run_web() -> None:
    """The web alone, until a signal. Workers run elsewhere."""
    share_memory()
    configured = settings()
    start_logging(configured.log_level)
    with listening(configured) as listener:
        async with opened(configured) as instance:
            await instance.database.check_file()
            stop = asyncio.Event()
            stop_on_signals(stop)
            await serve(instance, listener, stop)


async def serve(instance: Instance, listener: socket.socket, stop: asyncio.Event) -> None:
    """Answer requests on `listener` until `stop`."""
    app = create_app(instance.database, secrets=instance.secrets, files=instance.files, settings=instance.settings)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=instance.settings.trusted_proxies,
        timeout_graceful_shutdown=_LAST_ANSWERS,
    )
    server = _Server(config)
    rest_the_collector()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve(sockets=[listener]))
        await stop.wait()
        server.should_exit = True


@asynccontextmanager
async def beside(work: Callable[[asyncio.Event], Awaitable[None]]) -> AsyncIterator[None]:
    """`work` goes on while the block runs; then it is told to stop, and waited for."""
    stop = asyncio.Event()
    task = asyncio.create_task(_begin(work, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def _begin(work: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event) -> None:
    await work(stop)


class _Server(uvicorn.Server):
    """Signals belong to the instance, which stops the web and the workers together."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The web's socket, taken before anything is created, so that a taken port costs nothing. Raises Refused."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Every connection inherits it: without, a page's body waits 40 ms until its head is acknowledged.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            listener.bind((settings.host, settings.port))
            listener.listen(128)
        except OSError as error:
            other = settings.port + 1
            raise Refused(
                f"Port {settings.port} of {settings.host} cannot be used ({error.strerror}). "
                f"Choose another one: TAMBOUR_PORT={other} make run"
            ) from error
        yield listener
