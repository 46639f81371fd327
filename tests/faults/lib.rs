//! Faults under load; the tests stand in `tests/it`.
