"""Every setting of every runner: its environment variable, type, default and meaning, in one list."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from genjilib.core.errors import Invalid

Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(gt=0)]


def _postgres(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in ("postgres", "postgresql") or parts.port == 0:
        raise ValueError("must look like postgresql://user:password@host:port/name")
    return url


def _amqp(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    nameless = parts.hostname is None or parts.port == 0
    if parts.scheme not in ("amqp", "amqps") or nameless or (parts.username and parts.password is None):
        raise ValueError("must look like amqp://user:password@host:port/vhost")
    return url


def _networks(text: str) -> str:
    for part in text.split(","):
        if part.strip():
            ip_network(part.strip())
    return text


def _parts(given: object) -> object:
    # NoDecode leaves the variable's text as it is; brackets are what JSON lists came with so far.
    return (
        [part for part in given.strip("[] ").split(",") if part.strip()] if isinstance(given, str) else given
    )


def _own(secret: SecretStr) -> SecretStr:
    if "change-me" in secret.get_secret_value():
        raise ValueError("is still the placeholder; take 32 random characters of your own")
    return secret


class Settings(BaseSettings):
    """Infrastructure and secrets, read from the environment and from ``.env`` in the working directory.

    Discord ids are not here: they are many, belong together and live in a TOML file (``discord_config``).
    """

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    app_environment: Literal["production", "staging", "development", "local"] = Field(
        "local", description="Which deployment this is; shown in logs and error reports."
    )
    release: str = Field("unknown", description="Version of the deployed code, for error reports.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Lowest level logged."
    )
    log_format: Literal["json", "text"] = Field(
        "json", description="One JSON object a line, or text to read."
    )
    inner_host: str = Field(
        "127.0.0.1", description="Address that metrics and health listen on (all runners)."
    )
    inner_port: Port = Field(0, description="Port of metrics and health; 0 lets the system choose.")
    shutdown_seconds: Seconds = Field(20, description="How long a runner may finish its work after SIGTERM.")

    database_url: Annotated[SecretStr, AfterValidator(_postgres)] = Field(
        description="PostgreSQL to use, as postgresql://user:password@host:port/name."
    )
    database_pool_size: Annotated[int, Field(ge=1, le=200)] = Field(
        10, description="Connections of a runner's pool."
    )
    database_pipelines: Annotated[int, Field(ge=0, le=20)] = Field(
        2, description="Connections beside the pool that all reads share; 0 sends reads to the pool."
    )
    database_prepare: bool = Field(
        True, description="Use named prepared statements; off behind old PgBouncers."
    )
    slow_query: Seconds = Field(1, description="Seconds from which on a statement is logged as slow.")
    statement_timeout: Seconds = Field(30, description="Seconds after which PostgreSQL ends a statement.")

    amqp_url: Annotated[SecretStr, AfterValidator(_amqp)] = Field(
        description="RabbitMQ to use, as amqp://user:password@host:port/vhost."
    )
    amqp_heartbeat: Annotated[int, Field(ge=5, le=600)] = Field(
        25, description="Seconds between AMQP heartbeats; silence is noticed within twice this and 10 s."
    )

    retry_seconds: Annotated[tuple[Seconds, ...], NoDecode, BeforeValidator(_parts)] = Field(
        (1, 10, 60, 600),
        description="Waits before further tries of a message, comma-separated; then it is dead.",
    )

    api_host: str = Field("127.0.0.1", description="Address the API listens on.")
    api_port: Port = Field(8000, description="Port the API listens on; 0 lets the system choose.")
    api_body_limit: Annotated[int, Field(ge=1024)] = Field(1_048_576, description="Largest JSON body, bytes.")
    api_upload_limit: Annotated[int, Field(ge=1024)] = Field(
        26_214_400, description="Largest uploaded file, bytes."
    )
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = Field(
        "",
        description="Addresses or networks, comma-separated, whose X-Forwarded-For is believed.",
    )
    token_secret: Annotated[SecretStr, AfterValidator(_own)] = Field(
        min_length=32,
        description="Key that mailed tokens follow from; at least 32 characters, never changed.",
    )
    ip_hash_secret: SecretStr = Field(
        SecretStr(""), description="Key of the hashes kept of visitors' addresses; empty means TOKEN_SECRET."
    )
    site_url: str = Field(
        "https://genji.pk", description="Address of the website, for links in mails and messages."
    )

    discord_token: SecretStr = Field(SecretStr(""), description="Token of the Discord bot.")
    discord_api_url: str | None = Field(
        None, description="Base of a Discord-compatible API; unset means Discord."
    )
    discord_config: Path = Field(
        Path("configs/local.toml"), description="TOML file with channel and role ids."
    )

    s3_endpoint_url: str | None = Field(None, description="S3 endpoint; unset means R2 of R2_ACCOUNT_ID.")
    s3_bucket_name: str = Field("genji-parkour-images", description="Bucket that images are stored in.")
    s3_public_url: str = Field(
        "https://cdn.genji.pk", description="Public address of the bucket and of the pictures shipped in it."
    )
    r2_account_id: str | None = Field(None, description="Cloudflare account whose R2 holds the bucket.")
    aws_access_key_id: str = Field("", description="Access key of the bucket.")
    aws_secret_access_key: SecretStr = Field(SecretStr(""), description="Secret key of the bucket.")

    resend_api_key: SecretStr = Field(
        SecretStr(""), description="Key of the mail service; empty switches mail off."
    )
    resend_api_url: str = Field("https://api.resend.com", description="Address of the mail service.")
    from_email: str = Field("noreply@notifications.genji.pk", description="Sender of mails.")

    ocr_url: str | None = Field(
        None, description="Address of the OCR service; unset leaves every run to the moderators."
    )
    ocr_timeout: Seconds = Field(10, description="Seconds that the OCR service may take for a screenshot.")

    bungie_api_keys: SecretStr = Field(
        SecretStr(""), description="Keys of Bungie's API, comma-separated, used in turn; empty: no raids."
    )
    bungie_url: str = Field("https://www.bungie.net", description="Address of Bungie's API.")
    bungie_stats_url: str = Field("https://stats.bungie.net", description="Address of Bungie's reports.")
    bungie_addresses: str = Field(
        "", description="Addresses of this host, comma-separated, to ask Bungie from in turn; empty: any."
    )
    bungie_rate: Seconds = Field(
        12, description="Requests a second to BUNGIE_URL, of all processes, from an address."
    )
    bungie_stats_rate: Seconds = Field(
        40, description="Requests a second to BUNGIE_STATS_URL, of all processes, from an address."
    )
    crawler_start_id: Annotated[int | None, Field(ge=1)] = Field(
        None, description="Report that the crawler begins with when it never crawled and none is stored."
    )
    crawler_retry_seconds: Seconds = Field(
        5.5, description="Average wait before a report that is not there is asked for again; others follow."
    )
    clickhouse_url: SecretStr = Field(
        SecretStr(""),
        description="Address of ClickHouse, over HTTP, with user and database; empty: none.",
    )
    raid_alerts_url: SecretStr = Field(
        SecretStr(""), description="Discord webhook that tells about the crawler; empty switches it off."
    )
    raid_alerts_role_id: int | None = Field(None, description="Role that grave alerts mention.")

    sentry_dsn: SecretStr = Field(
        SecretStr(""), description="Where errors are reported; empty switches it off."
    )
    sentry_traces_sample_rate: Annotated[float, Field(ge=0, le=1)] = Field(
        0.0, description="Share of traces sent."
    )

    @classmethod
    def load(cls) -> Self:
        """Read the environment; raise one ``Invalid`` that names every missing or wrong variable."""
        try:
            return cls()  # pyright: ignore[reportCallIssue]  # required values come from the environment
        except ValidationError as error:
            raise Invalid(sentence(error), code="settings") from None
        except (OSError, UnicodeDecodeError) as error:
            # Not the error's own text: it may quote the file, which holds secrets.
            raise Invalid(
                f".env cannot be read as UTF-8 text ({type(error).__name__}).", code="settings"
            ) from None


def sentence(error: ValidationError) -> str:
    """Return one message that names every variable that is missing or wrong."""
    lines = [
        f"  {str(item['loc'][0]).upper()}: {_reason(item['type'], item['msg'])}" for item in error.errors()
    ]
    return "\n".join(["These settings are missing or wrong (environment or .env):", *lines])


def _reason(kind: str, message: str) -> str:
    said = message.removeprefix("Value error, ")
    return "is required" if kind == "missing" else said[0].lower() + said[1:]
