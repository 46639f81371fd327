//! Designs that are known to be wrong.

use crate::{breaks, fails, holds};
use model::flow::Flow;
use model::flow::design::{BUILT, Guard};
use model::flow::scope::Scope;
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
fn two_relays_without_expected_sequence_store_an_event_twice() {
    let (_, case) = without(Guard::ExpectedSequence).unwrap();
    let trace = fails("two relays without expected sequence", &case);
    let stored = trace.0.iter().filter(|step| step.starts_with("1:a of epoch 1 arrives"));
    assert_eq!(stored.count(), 2, "{trace}");
}

#[test]
fn one_relay_without_expected_sequence_stores_an_event_where_another_belongs() {
    let (_, mut case) = without(Guard::ExpectedSequence).unwrap();
    case.flow.scope = Scope { commands: &[0, 0], relays: 1, faults: 1, ..case.flow.scope };
    let trace = fails("one relay without expected sequence", &case);
    assert!(trace.0.iter().any(|step| step.starts_with("2:b of epoch 1 arrives")), "{trace}");
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
