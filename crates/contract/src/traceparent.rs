//! The trace to which a request and its events belong: `traceparent` of W3C Trace Context,
//! <https://www.w3.org/TR/trace-context/>. No more of it is read than its version 00 says.

use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Name of the header of a request, and of the attribute of an event on the bus.
pub const TRACEPARENT: &str = "traceparent";

/// Length of version 00; a later version is at least as long.
const LENGTH: usize = 55;
/// Flag: who began the trace may have recorded it.
const SAMPLED: u8 = 1;

/// A trace, and the step in it that comes before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traceparent {
    trace_id: TraceId,
    parent_id: u64,
    flags: u8,
}

/// Id of a trace; shown as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TraceId(u128);

/// The text is no `traceparent`; begin a trace of your own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a traceparent looks like 00-<32 hexadecimal digits>-<16>-<2>, small letters, neither id all zero")]
pub struct InvalidTraceparent;

impl Traceparent {
    /// A trace that begins with this request, whose fresh id is also that of the trace. It is sampled: what is logged
    /// about a request is all that is recorded of it.
    pub fn begun_by(request: Uuid) -> Self {
        Self { trace_id: TraceId(request.as_u128()), parent_id: step_of(request), flags: SAMPLED }
    }

    /// The same trace as it goes on behind this request.
    #[must_use]
    pub fn through(self, request: Uuid) -> Self {
        Self { parent_id: step_of(request), ..self }
    }

    /// The trace.
    pub fn trace_id(&self) -> TraceId {
        self.trace_id
    }

    /// Whether the caller may have recorded it.
    pub fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }
}

/// The last sixteen digits of a request's id name its step. A UUID has a bit in them that is always set.
fn step_of(request: Uuid) -> u64 {
    request.as_u64_pair().1
}

impl FromStr for Traceparent {
    type Err = InvalidTraceparent;

    /// Reads version 00 exactly, and of a later version the part that it shares with version 00.
    fn from_str(text: &str) -> Result<Self, InvalidTraceparent> {
        let (known, more) = text.as_bytes().split_at_checked(LENGTH).ok_or(InvalidTraceparent)?;
        let is_cut_right = match number(&known[..2]) {
            Some(0) => more.is_empty(),
            Some(0xff) | None => false,
            Some(_) => matches!(more.first(), None | Some(b'-')),
        };
        let has_hyphens = [2, 35, 52].iter().all(|at| known[*at] == b'-');
        if !(is_cut_right && has_hyphens) {
            return Err(InvalidTraceparent);
        }
        let trace_id = number(&known[3..35]).filter(|id| *id != 0).ok_or(InvalidTraceparent)?;
        let parent_id = number(&known[36..52]).filter(|id| *id != 0).ok_or(InvalidTraceparent)?;
        let flags = number(&known[53..]).ok_or(InvalidTraceparent)?;
        Ok(Self {
            trace_id: TraceId(trace_id),
            parent_id: u64::try_from(parent_id).map_err(|_| InvalidTraceparent)?,
            // What the others mean is not known, so they are not passed on.
            flags: if flags & u128::from(SAMPLED) == 0 { 0 } else { SAMPLED },
        })
    }
}

/// Hexadecimal digits, in small letters only.
fn number(digits: &[u8]) -> Option<u128> {
    digits.iter().try_fold(0, |number, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u128::from(value))
    })
}

impl fmt::Display for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{}-{:016x}-{:02x}", self.trace_id, self.parent_id, self.flags)
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::fresh_id;
    use proptest::prelude::*;

    const VALID: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn read(text: &str) -> Option<Traceparent> {
        text.parse().ok()
    }

    #[test]
    fn the_example_of_the_recommendation_is_read_and_written_as_it_was() {
        let traceparent = read(VALID).unwrap();
        assert_eq!(traceparent.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(traceparent.is_sampled());
        assert_eq!(traceparent.to_string(), VALID);
        assert!(!read(&VALID.replace("-01", "-00")).unwrap().is_sampled());
    }

    #[test]
    fn what_is_malformed_is_no_traceparent() {
        for malformed in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-010",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0A",
            "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b+-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736.00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-001",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
            " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "案案案案案案案案案案案案案案案案案案案",
        ] {
            assert_eq!(malformed.parse::<Traceparent>(), Err(InvalidTraceparent), "{malformed}");
        }
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known_and_goes_on_as_version_00() {
        for later in [
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
            "fe-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff-what-the-future-brings",
        ] {
            assert_eq!(read(later).unwrap().to_string(), VALID, "{later}");
        }
    }

    #[test]
    fn a_flag_that_nobody_knows_is_not_passed_on() {
        assert_eq!(read(&VALID.replace("-01", "-ff")).unwrap().to_string(), VALID);
        assert!(!read(&VALID.replace("-01", "-fe")).unwrap().is_sampled());
    }

    #[test]
    fn a_request_without_a_trace_begins_one_under_its_own_id() {
        let request = fresh_id();
        let begun = Traceparent::begun_by(request);
        assert_eq!(begun.trace_id().to_string(), request.simple().to_string());
        assert!(begun.is_sampled());
        assert_eq!(read(&begun.to_string()), Some(begun));
    }

    #[test]
    fn a_trace_keeps_its_id_and_flags_behind_a_request_and_names_the_request_as_its_parent() {
        let request = fresh_id();
        let before = read(&VALID.replace("-01", "-00")).unwrap();
        let behind = before.through(request);
        assert_eq!((behind.trace_id(), behind.is_sampled()), (before.trace_id(), false));
        let digits = request.simple().to_string();
        assert_eq!(behind.to_string().split('-').nth(2).unwrap(), &digits[16..]);
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_again(trace_id in 1..=u128::MAX, parent_id in 1..=u64::MAX, flags in 0..=1u8) {
            let written = Traceparent { trace_id: TraceId(trace_id), parent_id, flags };
            prop_assert_eq!(written.to_string().len(), LENGTH);
            prop_assert_eq!(read(&written.to_string()), Some(written));
        }

        #[test]
        fn whatever_is_read_is_written_in_a_form_that_reads_the_same(
            text in "[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-[a-z]{0,3})?",
        ) {
            if let Some(traceparent) = read(&text) {
                prop_assert_eq!(&text[3..52], &traceparent.to_string()[3..52]);
                prop_assert_eq!(read(&traceparent.to_string()), Some(traceparent));
            }
        }

        #[test]
        fn no_text_breaks_the_reader(text in ".{0,80}") {
            let traceparent = read(&text);
            prop_assert!(traceparent.is_none_or(|traceparent| traceparent.to_string().len() == LENGTH));
        }
    }
}
