"""Makes a Plotly Dash app safe behind the Dashgate gateway.

Installing it is enough for safety: Dash loads it, and every request without a valid tenant token
is refused. An app then asks whose data to show:

    from dashgate import current_tenant

    def layout():
        tenant = current_tenant()
        return html.H1(tenant.display_name)
"""

from __future__ import annotations

from .errors import (
    ConfigInvalid,
    DashgateError,
    DatasetNotFound,
    DataUnavailable,
    NotAllowed,
    NoTenantError,
    PreferenceChanged,
    PreferenceRefused,
)
from .filter_sets import FilterSet, FilterSets
from .filters import SavedFilters, saved_filters
from .tenant import Tenant, User, current_tenant

__version__ = "0.1.0"

__all__ = [
    "ConfigInvalid",
    "DashgateError",
    "DataUnavailable",
    "DatasetNotFound",
    "FilterSet",
    "FilterSets",
    "NoTenantError",
    "NotAllowed",
    "PreferenceChanged",
    "PreferenceRefused",
    "SavedFilters",
    "Tenant",
    "User",
    "current_tenant",
    "saved_filters",
]
