"""S3-compatible storage: moto's server with our bucket; objects in memory, signatures unchecked."""

from pathlib import Path

from genjilib.local.service import HttpServer

BUCKET = "genji-parkour-images"


class S3(HttpServer):
    """The bucket and how to reach it."""

    def __init__(self, directory: Path) -> None:
        super().__init__("s3", directory, "moto.server")

    async def start(self) -> None:
        """Start the server and create the bucket."""
        if self.pid is None:
            await super().start()
            await self.create_bucket()

    async def create_bucket(self, name: str = BUCKET) -> None:
        """Create a bucket whose objects anybody may read, as the public address of the real one allows."""
        everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
        policy = {"Version": "2012-10-17", "Statement": [everybody | {"Resource": f"arn:aws:s3:::{name}/*"}]}
        await self.request("PUT", f"/{name}")
        await self.request("PUT", f"/{name}?policy", json=policy)

    async def clear(self) -> None:
        """Forget all objects and buckets but our own, empty one."""
        await self.request("POST", "/moto-api/reset")
        await self.create_bucket()

    def environment(self) -> dict[str, str]:
        """What boto3 and the runners read."""
        return {
            "S3_ENDPOINT_URL": self.url,
            "S3_BUCKET_NAME": BUCKET,
            "S3_PUBLIC_URL": f"{self.url}/{BUCKET}",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local-secret",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
