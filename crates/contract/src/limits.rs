//! How much fits into one request; lengths count Unicode characters.

/// Title of a transfer.
pub const TITLE_MAX_CHARACTERS: usize = 200;
/// Summary of a transfer, text of a feedback.
pub const TEXT_MAX_CHARACTERS: usize = 4_000;
/// Reason of an objection, a withdrawal, a ruling and the like.
pub const REASON_MAX_CHARACTERS: usize = 2_000;
/// Name of an organisation or a person, a subject matter, a case number.
pub const NAME_MAX_CHARACTERS: usize = 120;
/// Organisations and persons that one transfer names.
pub const SUBJECTS_MAX: usize = 50;
/// One entry of a list of missing materials, and how many entries.
pub const MATERIALS_MAX: usize = 50;
/// Body of one HTTP request.
pub const REQUEST_MAX_BYTES: usize = 1024 * 1024;
/// Body of one event in the log.
pub const EVENT_BODY_MAX_BYTES: usize = 256 * 1024;
/// Events of a transfer or a handoff, from which on acts are refused that one party could repeat for ever: every act reads its
/// stream, and what is due must always find room.
pub const REPEATABLE_EVENTS_MAX: i64 = 1_000;
/// The same for what the receiver of a transfer, and a meeting, may need: whatever the others repeat leaves room for it.
pub const RECEIVER_EVENTS_MAX: i64 = 2_000;
/// Characters of an idempotency key.
pub const IDEMPOTENCY_KEY_MAX_CHARACTERS: usize = 200;
