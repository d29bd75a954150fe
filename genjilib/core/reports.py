"""Error reports to Sentry: what is logged as an error goes there once, without secrets."""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.logging import LoggingIntegration

from genjilib.core.log import mask
from genjilib.core.settings import Settings


def configure(settings: Settings, *, runner: str) -> None:
    """Report errors of this process; without a DSN nothing leaves it."""
    dsn = settings.sentry_dsn.get_secret_value()
    if not dsn:
        return
    sentry_sdk.init(
        dsn=dsn,
        environment=settings.app_environment,
        release=settings.release,
        traces_sample_rate=settings.sentry_traces_sample_rate,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=_scrub,
        integrations=[LoggingIntegration(event_level=40)],
    )
    sentry_sdk.set_tag("runner", runner)


def _scrub(event: Any, _: Any) -> Any:
    return mask(event)
