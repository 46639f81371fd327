//! Compares the end of the stream with the log. Pure.

use bus::{EndEvent, StreamEnd};
use uuid::Uuid;

/// What is at one position of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogEvent {
    pub(crate) event_id: Uuid,
    pub(crate) body_hash: String,
}

/// The log, as far as the comparison needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogSide {
    /// Position of its last event.
    pub(crate) head: i64,
    /// Its epoch.
    pub(crate) epoch: i64,
    /// What stands where the stream ends.
    pub(crate) at_stream_end: Option<LogEvent>,
    /// The first position that a stream filled now would hold.
    pub(crate) first_kept: i64,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The stream is a prefix of the log: publish what follows this position.
    Continue { after: i64 },
    /// There is no stream: make it, beginning with this position.
    Make { first: i64 },
    /// The stream is of no use any more: delete it and make it, beginning with this position.
    MakeAgain { first: i64 },
    /// Publish nothing; a person must look.
    Halt { reason: String },
}

pub(crate) fn judge(name: &str, stream: Option<&StreamEnd>, log: &LogSide) -> Verdict {
    let halt = |what: String| Verdict::Halt {
        reason: format!("{what}; relaying has stopped: find out why, then run `casebus log new-epoch`"),
    };
    let Some(stream) = stream else { return Verdict::Make { first: log.first_kept } };
    let Some(epoch) = stream.epoch else {
        return Verdict::Halt {
            reason: format!(
                "the stream {name} was not made by casebus; relaying has stopped: rename or remove it"
            ),
        };
    };
    if epoch > log.epoch {
        return halt(format!(
            "the stream {name} is of epoch {epoch}, but the log is of epoch {}: the log is an older copy",
            log.epoch
        ));
    }
    if epoch < log.epoch {
        // An operator has begun the epoch and so declared the log to be the truth.
        return Verdict::MakeAgain { first: log.first_kept };
    }
    if stream.last > log.head {
        return halt(format!(
            "the stream {name} ends at position {}, which the log has not reached: the log has lost events or is another one",
            stream.last
        ));
    }
    match &stream.event {
        // An empty stream may lack positions that it should hold; they cannot be put before its end.
        EndEvent::Empty if stream.last + 1 > log.first_kept => Verdict::MakeAgain { first: log.first_kept },
        EndEvent::Empty => Verdict::Continue { after: stream.last },
        EndEvent::Event { event_id, body_hash, position, epoch: _ } => {
            let same = log.at_stream_end.as_ref().is_some_and(|event| {
                event.event_id == event_id.0 && event.body_hash == *body_hash && *position == stream.last
            });
            if same { Verdict::Continue { after: stream.last } } else { halt(differs(name, stream.last)) }
        }
        EndEvent::Foreign => halt(differs(name, stream.last)),
    }
}

fn differs(name: &str, position: i64) -> String {
    format!("the stream {name} holds another event at position {position} than the log")
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::ids::EventId;

    fn log(head: i64) -> LogSide {
        let event = LogEvent { event_id: Uuid::from_u128(7), body_hash: "ab".into() };
        LogSide { head, epoch: 2, at_stream_end: Some(event), first_kept: 1 }
    }

    fn stream(last: i64) -> StreamEnd {
        let event = EndEvent::Event {
            event_id: EventId(Uuid::from_u128(7)),
            body_hash: "ab".into(),
            position: last,
            epoch: 2,
        };
        StreamEnd { epoch: Some(2), first: 1, last, event, differing_setting: None }
    }

    fn halts(stream: &StreamEnd, log: &LogSide) -> bool {
        matches!(judge("S", Some(stream), log), Verdict::Halt { .. })
    }

    #[test]
    fn a_stream_that_is_behind_or_level_is_continued() {
        assert_eq!(judge("S", Some(&stream(5)), &log(9)), Verdict::Continue { after: 5 });
        assert_eq!(judge("S", Some(&stream(9)), &log(9)), Verdict::Continue { after: 9 });
    }

    #[test]
    fn a_stream_that_is_gone_is_made_from_the_first_kept_position() {
        assert_eq!(judge("S", None, &LogSide { first_kept: 4, ..log(9) }), Verdict::Make { first: 4 });
    }

    #[test]
    fn an_emptied_stream_is_made_again_unless_it_has_just_been_made() {
        let empty = |last| StreamEnd { event: EndEvent::Empty, first: last + 1, ..stream(last) };
        assert_eq!(judge("S", Some(&empty(0)), &log(9)), Verdict::Continue { after: 0 });
        assert_eq!(judge("S", Some(&empty(9)), &log(9)), Verdict::MakeAgain { first: 1 });
        let limited = LogSide { first_kept: 5, ..log(9) };
        assert_eq!(judge("S", Some(&empty(3)), &limited), Verdict::Continue { after: 3 });
    }

    #[test]
    fn a_stream_ahead_of_the_log_halts() {
        assert!(halts(&stream(10), &log(9)));
        assert!(halts(&StreamEnd { event: EndEvent::Empty, ..stream(10) }, &log(9)));
    }

    #[test]
    fn other_content_at_the_end_halts() {
        assert!(halts(&StreamEnd { event: EndEvent::Foreign, ..stream(5) }, &log(9)));
        assert!(halts(&stream(5), &LogSide { at_stream_end: None, ..log(9) }));
        let other_body = LogEvent { event_id: Uuid::from_u128(7), body_hash: "cd".into() };
        assert!(halts(&stream(5), &LogSide { at_stream_end: Some(other_body), ..log(9) }));
        let other_id = LogEvent { event_id: Uuid::from_u128(8), body_hash: "ab".into() };
        assert!(halts(&stream(5), &LogSide { at_stream_end: Some(other_id), ..log(9) }));
        let shifted = StreamEnd { last: 6, ..stream(5) };
        assert!(halts(&shifted, &log(9)));
    }

    #[test]
    fn a_new_epoch_makes_the_stream_again_and_an_older_log_halts() {
        let older = StreamEnd { epoch: Some(1), ..stream(20) };
        assert_eq!(judge("S", Some(&older), &log(9)), Verdict::MakeAgain { first: 1 });
        assert!(halts(&StreamEnd { epoch: Some(3), ..stream(5) }, &log(9)));
        assert!(halts(&StreamEnd { epoch: None, ..stream(5) }, &log(9)));
    }
}
