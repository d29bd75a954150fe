"""REST rate limits: one bucket a route and channel, guild or webhook, and the global one."""

import hashlib
import time
from dataclasses import dataclass

MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token", "interaction_id")

RATES: dict[str, tuple[int, float]] = {
    "POST /channels/{channel_id}/messages": (5, 5.0),
    "PATCH /channels/{channel_id}/messages/{message_id}": (5, 5.0),
    "DELETE /channels/{channel_id}/messages/{message_id}": (5, 1.0),
    "POST /channels/{channel_id}/messages/bulk-delete": (1, 3.0),
    "PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me": (1, 0.25),
    "POST /channels/{channel_id}/threads": (50, 300.0),
    "PATCH /channels/{channel_id}": (5, 15.0),
    "POST /users/@me/channels": (10, 10.0),
    "POST /webhooks/{webhook_id}/{webhook_token}": (5, 2.0),
    "PATCH /guilds/{guild_id}/members/{user_id}": (10, 10.0),
    "PUT /guilds/{guild_id}/members/{user_id}/roles/{role_id}": (10, 10.0),
    "DELETE /guilds/{guild_id}/members/{user_id}/roles/{role_id}": (10, 10.0),
}
"""Requests a window (seconds); what Discord was seen to allow."""

OTHERWISE = (50, 1.0)
GLOBAL = (50, 1.0)


@dataclass(slots=True)
class Bucket:
    """A fixed window: how often it was used until it starts anew."""

    limit: int
    window: float
    ends: float = 0.0
    used: int = 0

    def take(self) -> bool:
        """Use it once; False if it is used up."""
        now = time.time()
        if now >= self.ends:
            self.ends, self.used = now + self.window, 0
        if self.used >= self.limit:
            return False
        self.used += 1
        return True

    @property
    def resets_in(self) -> float:
        """Seconds until it starts anew."""
        return max(self.ends - time.time(), 0.0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the limits say of one request."""

    allowed: bool
    headers: dict[str, str]
    retry_after: float = 0.0
    everywhere: bool = False


class RateLimits:
    """All buckets; `scale` stretches or shrinks their windows."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._buckets: dict[str, Bucket] = {}
        self._global = Bucket(GLOBAL[0], GLOBAL[1] * scale)

    def check(self, route: str, parameters: dict[str, str], *, counted: bool = True) -> Verdict:
        """Count a request; `counted` ones count globally too, interactions do not."""
        if counted and not self._global.take():
            headers = {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
            return Verdict(False, headers, self._global.resets_in, everywhere=True)
        name = hashlib.md5(route.encode(), usedforsecurity=False).hexdigest()
        major = ":".join(parameters[one] for one in MAJOR if one in parameters)
        limit, window = RATES.get(route, OTHERWISE)
        bucket = self._buckets.setdefault(f"{name}:{major}", Bucket(limit, window * self._scale))
        allowed = bucket.take()
        headers = {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(bucket.limit - bucket.used),
            "X-RateLimit-Reset": f"{bucket.ends:.3f}",
            "X-RateLimit-Reset-After": f"{bucket.resets_in:.3f}",
            "X-RateLimit-Bucket": name,
        }
        if not allowed:
            headers["X-RateLimit-Scope"] = "user"
        self._forget_old()
        return Verdict(allowed, headers, bucket.resets_in)

    def _forget_old(self) -> None:
        if len(self._buckets) > 2000:
            now = time.time()
            self._buckets = {name: bucket for name, bucket in self._buckets.items() if bucket.ends > now}
