"""Stored images, in R2 or any S3 service; backups take the same service."""

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING

from genjilib.core.errors import Unavailable
from genjilib.core.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


async def put(settings: Settings, key: str, body: bytes, content_type: str) -> str:
    """Store ``body`` under ``key`` and return its public address; ``Unavailable`` without the service."""
    if not settings.s3_endpoint_url and not settings.r2_account_id:
        raise Unavailable("This server has no place for images.", after=600, code="storage-off")
    # boto3 blocks, already when it is imported; a thread keeps the event loop free.
    await asyncio.to_thread(_put, settings, key, body, content_type)
    return f"{settings.s3_public_url}/{key}"


def _put(settings: Settings, key: str, body: bytes, content_type: str) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client(settings).put_object(
            Bucket=settings.s3_bucket_name, Key=key, Body=body, ContentType=content_type
        )
    except (BotoCoreError, ClientError) as error:
        raise Unavailable("Images cannot be stored at the moment.", after=10, code="storage-away") from error


def client(settings: Settings) -> "S3Client":
    """Return the client of the settings' service, where they name one."""
    return _client(
        settings.s3_endpoint_url or f"https://{settings.r2_account_id}.r2.cloudflarestorage.com",
        settings.aws_access_key_id,
        settings.aws_secret_access_key.get_secret_value(),
    )


@lru_cache(maxsize=4)
def _client(endpoint: str, access_key: str, secret_key: str) -> "S3Client":
    """Return the client of an endpoint; clients are thread-safe and slow to make."""
    import boto3
    from botocore.config import Config

    return boto3.client(  # pyright: ignore[reportUnknownMemberType]  # stubs exist for s3 only
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        region_name="auto",
        config=Config(
            connect_timeout=5, read_timeout=20, retries={"max_attempts": 2}, s3={"addressing_style": "path"}
        ),
    )
