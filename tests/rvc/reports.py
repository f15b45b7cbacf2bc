"""Reports of faults from literal frames, for the tests of faults."""

from custom_components.coachiq.rvc.diagnostics import load_diagnostics
from custom_components.coachiq.rvc.fault import Fault, Report, read_dm1, read_dm_rv

TABLES = load_diagnostics()


def dm_rv(payload: str) -> Report:
    return read_dm_rv(bytes.fromhex(payload), TABLES)


def dm1(payload: str) -> Report:
    return read_dm1(bytes.fromhex(payload))


def only(report: Report) -> Fault:
    (fault,) = report.faults or ()
    return fault
