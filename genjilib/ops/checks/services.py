"""Checks of what is outside: Discord, mail, stored images, error reporting, Prometheus."""

import asyncio
from typing import Any, cast

import aiohttp

from genjilib import storage
from genjilib.core.settings import Settings
from genjilib.ops.checks.finding import Finding, where_it_counts

PATIENCE = 5.0
"""Seconds that each gets to answer."""

_SERVICES = (
    ("discord", "Discord", ("discord_token",)),
    ("mail", "mail", ("resend_api_key",)),
    ("s3", "stored images", ("aws_access_key_id", "aws_secret_access_key", "s3_endpoint_url")),
    ("sentry", "error reporting", ("sentry_dsn",)),
)


async def check_services(settings: Settings) -> list[Finding]:
    """Ask the services outside whether they take what the settings say; name those that have none."""
    asked = {"discord": _ask_discord, "mail": _ask_mail, "s3": _ask_s3}
    found: list[Finding] = []
    for check, name, members in _SERVICES:
        values = settings.model_dump(include=set(members))
        missing = [member.upper() for member in members if not values[member]]
        if settings.r2_account_id and "S3_ENDPOINT_URL" in missing:
            missing.remove("S3_ENDPOINT_URL")
        if missing:
            mend = f"set {' and '.join(missing)} in .env"
            found.append(Finding(check, where_it_counts(settings), f"{name} is switched off", mend))
        elif check in asked:
            found.append(await asked[check](settings))
        else:
            found.append(Finding(check, "ok", "settings are there"))
    return found


async def _ask_discord(settings: Settings) -> Finding:
    base = settings.discord_api_url or "https://discord.com/api/v10"
    headers = {"Authorization": f"Bot {settings.discord_token.get_secret_value()}"}
    status, answer = await _get(f"{base}/users/@me", headers)
    if status in (401, 403):
        mend = "renew it at https://discord.com/developers, set DISCORD_TOKEN"
        return Finding("discord", "wrong", "refuses DISCORD_TOKEN", mend)
    return _answered("discord", status, f"knows the bot as {answer.get('username')}", base)


async def _ask_mail(settings: Settings) -> Finding:
    headers = {"Authorization": f"Bearer {settings.resend_api_key.get_secret_value()}"}
    status, answer = await _get(f"{settings.resend_api_url}/domains", headers)
    # A key that may only send mail is refused here under a name of its own.
    if status in (401, 403) and answer.get("name") != "restricted_api_key":
        mend = "renew it at https://resend.com/api-keys, set RESEND_API_KEY"
        return Finding("mail", "wrong", "refuses RESEND_API_KEY", mend)
    return _answered("mail", status, "answers", settings.resend_api_url)


async def _ask_s3(settings: Settings) -> Finding:
    from botocore.exceptions import BotoCoreError, ClientError

    def look() -> None:
        storage.client(settings).head_bucket(Bucket=settings.s3_bucket_name)

    mend = "correct S3_ENDPOINT_URL, S3_BUCKET_NAME and the AWS_ keys, or create the bucket"
    try:
        async with asyncio.timeout(2 * PATIENCE):
            await asyncio.to_thread(look)
    except (BotoCoreError, ClientError, TimeoutError) as error:
        said = f"the bucket {settings.s3_bucket_name} cannot be reached: {error or 'no answer'}"
        return Finding("s3", "wrong", said, mend)
    return Finding("s3", "ok", f"the bucket {settings.s3_bucket_name} is there")


async def check_watch(address: str | None, settings: Settings) -> list[Finding]:
    """Ask Prometheus whether it reaches the metrics of everything, and which alerts fire."""
    if not address:
        said = "nobody watches: PROMETHEUS_URL is not set"
        return [Finding("prometheus", where_it_counts(settings), said, "set PROMETHEUS_URL")]
    (status, targets), (_, alerts) = await asyncio.gather(
        *(_get(f"{address}/api/v1/{page}", {}) for page in ("targets?state=active", "alerts"))
    )
    if status != 200:
        return [Finding("prometheus", "wrong", f"{address} does not answer", "start Prometheus")]
    active = targets["data"]["activeTargets"]
    found = [
        Finding("metrics", "wrong", f"{each['scrapeUrl']} of {each['labels']['job']}: {each['lastError']}",
                f"start {each['labels']['job']}, or correct infra/prometheus/prometheus.yml")
        for each in active if each["health"] == "down"
    ] or [Finding("metrics", "ok", f"Prometheus reaches all {len(active)} targets")]  # fmt: skip
    firing = [each for each in alerts.get("data", {}).get("alerts", []) if each["state"] == "firing"]
    return [
        *found,
        *(
            Finding("alert", "wrong", f"{each['labels']['alertname']}: {each['annotations']['summary']}",
                    each["annotations"]["runbook"])
            for each in firing
        ),
    ]  # fmt: skip


async def _get(url: str, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Return status and JSON object of a page; 0 where nobody answers."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE)) as http,
            http.get(url, headers=headers) as answer,
        ):
            body: Any = await answer.json(content_type=None) if answer.content_type.endswith("json") else {}
            return answer.status, cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return 0, {}


def _answered(check: str, status: int, well: str, address: str) -> Finding:
    if status == 0:
        return Finding(check, "wrong", f"{address} does not answer", "wait, or correct its address in .env")
    if status >= 500:
        return Finding(check, "wrong", f"{address} answers {status}", "wait until it has mended itself")
    return Finding(check, "ok", well)
