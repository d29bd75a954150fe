"""A bucket of S3 or R2 as a place for backups."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from genjilib.core import clock
from genjilib.core.errors import NotFound, Unavailable
from genjilib.ops.backup.sink import BLOCK, Upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

T = TypeVar("T")

PART: Final = 16 * BLOCK
"""Bytes of a part, in memory once: R2 wants equal parts, S3 at most 10,000 of them (here 156 GiB)."""

ABANDONED: Final = timedelta(days=1)
"""Age from which an unfinished upload belongs to a backup that was killed."""


class Bucket:
    """Objects below a prefix; uploaded in parts, which nobody sees before all are there."""

    def __init__(self, client: "S3Client", bucket: str, prefix: str) -> None:
        """Keep backups in ``bucket`` under names that begin with ``prefix``."""
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    @asynccontextmanager
    async def create(self, name: str) -> AsyncGenerator[Upload]:
        """Upload an object; it appears when the last part is there."""
        await self._call(self._abort_abandoned)
        upload = _Parts(self._call, self._client, self._place(name))
        await upload.begin()
        try:
            yield upload
            await upload.finish()
        except BaseException:
            await upload.abort()
            raise

    async def read(self, name: str) -> AsyncIterator[bytes]:
        """Yield the blocks of an object."""
        place = self._place(name)
        try:
            body = (await self._call(lambda: self._client.get_object(**place)))["Body"]
        except NotFound:
            raise NotFound(
                f"There is no {name} in the bucket {self._bucket}.", code="backup-not-found"
            ) from None
        try:
            while block := await self._call(lambda: body.read(BLOCK)):
                yield block
        finally:
            body.close()

    async def names(self) -> dict[str, int]:
        """Return the objects right below the prefix and their sizes."""
        return await self._call(self._names)

    async def delete(self, name: str) -> None:
        """Remove an object."""
        place = self._place(name)
        await self._call(lambda: self._client.delete_object(**place))

    def _names(self) -> dict[str, int]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix, Delimiter="/"
        )
        return {
            entry.get("Key", "").removeprefix(self._prefix): entry.get("Size", 0)
            for page in pages
            for entry in page.get("Contents", [])
        }

    def _abort_abandoned(self) -> None:
        pages = self._client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self._bucket, Prefix=self._prefix
        )
        for upload in [upload for page in pages for upload in page.get("Uploads", [])]:
            key, number, begun = upload.get("Key"), upload.get("UploadId"), upload.get("Initiated")
            if key and number and begun and begun < clock.now() - ABANDONED:
                self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=number)

    def _place(self, name: str) -> Any:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{name}"}

    async def _call(self, work: Callable[[], T]) -> T:
        """Do ``work`` in a thread, and say in a sentence what the service refused."""
        try:
            return await asyncio.to_thread(work)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "NoSuchKey":
                raise NotFound("There is no such object.", code="backup-not-found") from None
            reason = code or "no reason"
        except BotoCoreError as error:
            # Its text may hold the signed address of a request.
            reason = type(error).__name__
        raise Unavailable(f"The bucket {self._bucket} refuses: {reason}.", after=60, code="bucket-away")


class _Parts:
    """An object being uploaded, a part at a time."""

    def __init__(
        self, call: Callable[..., Awaitable[Any]], client: "S3Client", place: dict[str, str]
    ) -> None:
        self._call = call
        self._client: Any = client
        self._place = place
        self._waiting = bytearray()
        self._parts: list[Any] = []
        self._sending: asyncio.Future[Any] | None = None

    async def begin(self) -> None:
        """Have the service expect parts."""
        made = await self._call(lambda: self._client.create_multipart_upload(**self._place))
        self._place["UploadId"] = made["UploadId"]

    async def write(self, block: bytes) -> None:
        self._waiting += block
        while len(self._waiting) >= PART:
            await self._send(bytes(self._waiting[:PART]))
            del self._waiting[:PART]

    async def finish(self) -> None:
        """Send the rest; from now on the object is there."""
        if self._waiting or not self._parts:
            await self._send(bytes(self._waiting))
        whole = {"Parts": self._parts}
        await self._call(lambda: self._client.complete_multipart_upload(**self._place, MultipartUpload=whole))

    async def abort(self) -> None:
        """Forget all parts, also the one on its way: after an abort it would stay for ever."""
        if self._sending is not None:
            await asyncio.wait({self._sending})
        await self._call(lambda: self._client.abort_multipart_upload(**self._place))

    async def _send(self, body: bytes) -> None:
        number = len(self._parts) + 1
        work = self._call(lambda: self._client.upload_part(**self._place, PartNumber=number, Body=body))
        self._sending = asyncio.ensure_future(work)
        sent = await asyncio.shield(self._sending)
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})
