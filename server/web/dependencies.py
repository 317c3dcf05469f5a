"""What a route may ask for: sessions, the town, the instance's parts."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from server.core.database import Database, ReadSession, WriteSession
from server.core.errors import NotFound
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.core.settings import Settings
from server.web.tenancy import Town, town_of


def database_of(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _reading(request: Request) -> AsyncIterator[ReadSession]:
    async with database_of(request).reading() as session:
        yield session


async def _writing(request: Request) -> AsyncIterator[WriteSession]:
    async with database_of(request).writing() as session:
        yield session


def _town(request: Request) -> Town:
    town = town_of(request)
    if town is None:
        raise NotFound
    return town


def _secrets(request: Request) -> Secrets:
    secrets: Secrets = request.app.state.secrets
    return secrets


def _files(request: Request) -> FileStore:
    files: FileStore = request.app.state.files
    return files


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


# scope="function": the commit happens before the answer leaves, so an answer never promises what was not kept.
Reading = Annotated[ReadSession, Depends(_reading, scope="function")]
Writing = Annotated[WriteSession, Depends(_writing, scope="function")]
CurrentTown = Annotated[Town, Depends(_town)]
Keys = Annotated[Secrets, Depends(_secrets)]
Files = Annotated[FileStore, Depends(_files)]
Configuration = Annotated[Settings, Depends(_settings)]
