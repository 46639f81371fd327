//! Designs that are known to be wrong.

use crate::{breaks, fails, holds};
use model::flow::Flow;
use model::flow::design::{BUILT, Guard};
use model::wrong::tail::{Invariant, Tail, TailModel};
use model::wrong::without::{with_message_ids, without};

/// Three transactions, two of them of one stream, of which one may roll back.
fn tail(tail: Tail) -> TailModel {
    TailModel { tail, streams: &[0, 0, 1], faults: 1 }
}

#[test]
fn a_reader_of_an_identity_column_loses_what_commits_late() {
    let trace = breaks("identity column", &tail(Tail::Identity), Invariant::NothingLost);
    assert_eq!(trace.0.len(), 7, "{trace}");
}

#[test]
fn a_reader_bounded_by_xmin_and_ordered_by_number_loses_what_a_later_transaction_numbered_earlier() {
    let trace = breaks("xmin by number", &tail(Tail::XminByNumber), Invariant::NothingLost);
    assert_eq!(trace.0.len(), 7, "{trace}");
}

#[test]
fn a_reader_bounded_by_xmin_and_ordered_by_transaction_mixes_up_a_stream() {
    breaks("xmin by transaction", &tail(Tail::XminByTransaction), Invariant::StreamInOrder);
}

#[test]
fn a_reader_of_a_log_with_a_head_lock_loses_nothing() {
    holds("head lock", &tail(Tail::HeadLock));
}

#[test]
fn two_relays_without_expected_sequence_put_an_event_where_it_does_not_belong() {
    let (_, case) = without(Guard::ExpectedSequence).unwrap();
    fails("without expected sequence", &case);
}

#[test]
fn a_stream_that_remembers_message_ids_swallows_what_must_be_sent_again() {
    fails("with message ids", &with_message_ids());
}

#[test]
fn every_guard_is_needed() {
    for guard in BUILT {
        let (design, case) = without(guard).unwrap();
        holds(&format!("with {guard:?}"), &Flow { design, ..case.flow });
        fails(&format!("without {guard:?}"), &case);
    }
}
