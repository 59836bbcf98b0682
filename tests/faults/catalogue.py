"""All faults, by name."""

from __future__ import annotations

from tests.faults.documents import documents
from tests.faults.fault import Fault
from tests.faults.redirects import redirects
from tests.faults.wire import wire

FAULTS: dict[str, Fault] = {
    fault.name: fault for one in (wire, redirects, documents) for fault in one.faults
}
