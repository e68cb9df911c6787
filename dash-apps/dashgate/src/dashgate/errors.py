"""What can go wrong, each with its own class, so that an app can say it in its own words."""

from __future__ import annotations


class DashgateError(Exception):
    """Base of all errors of this package."""


class NoTenantError(DashgateError):
    """No verified tenant token belongs to the running code; there is never a default tenant."""


class TokenRefused(DashgateError):
    """A tenant token that is missing, forged, expired, or made for something else.

    ``code`` is stable and safe to show; the message is for the log.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class KeysUnavailable(DashgateError):
    """The gateway's key set cannot be had, so that no token can be judged."""


class DataUnavailable(DashgateError):
    """The gateway's data API did not answer, or not as expected.

    ``request_id`` finds the answer in the gateway's log, when there was one.
    """

    def __init__(self, message: str, request_id: str | None = None) -> None:
        super().__init__(message)
        self.request_id = request_id


class ConfigInvalid(DataUnavailable):
    """The settings that are stored for this tenant do not fit the dashboard.

    They restrict what may be shown, so there are none at all until an operator mends them.
    """


class DatasetNotFound(DashgateError):
    """The tenant has no dataset of that name."""


class NotAllowed(DashgateError):
    """A value that this tenant's settings do not offer; only a made-up request asks for it."""


class PreferenceRefused(DashgateError):
    """The gateway does not keep a preference as it was sent. The message is fit for the user.

    ``code`` is stable: ``invalid_name``, ``invalid_preference``, ``preference_too_large``,
    ``too_many_preferences``, ``too_many_changes``, ``preference_changed``.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class PreferenceChanged(PreferenceRefused):
    """It is no longer as it was when it was read: somebody saved or removed it meanwhile."""
