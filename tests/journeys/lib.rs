//! Journeys across the system, in business words; they stand in `tests/it`.
