//! The flow as it is built.

use crate::holds;
use model::flow::Flow;
use model::flow::design::Design;
use model::scopes::{self, Named};

fn hold((name, scope): Named) {
    let flow = Flow { design: Design::as_built(), scope, tolerated: &[] };
    let size = holds(name, &flow);
    assert!(size.states > 1_000, "{name} is too small to say anything: {size}");
}

#[test]
fn gateways_append_densely_and_each_command_once_whatever_crashes() {
    hold(scopes::APPENDING);
}

#[test]
fn two_leading_relays_keep_the_stream_a_prefix_of_the_log() {
    hold(scopes::RELAYING);
}

#[test]
fn two_leading_projectors_fold_each_event_once() {
    hold(scopes::FOLDING);
}

#[test]
fn all_together_come_to_rest_with_log_stream_and_views_equal() {
    hold(scopes::WHOLE);
}

#[test]
fn after_a_restore_and_a_new_epoch_the_relays_make_the_stream_again() {
    hold(scopes::RESTORING);
}

#[test]
fn after_a_restore_and_a_new_epoch_no_lost_event_gets_into_the_views() {
    hold(scopes::RESTORING_VIEWS);
}

#[test]
fn a_gateway_that_ran_on_through_a_new_epoch_decides_nothing_on_lost_events() {
    hold(scopes::FORGOTTEN);
}

#[test]
fn after_a_failover_that_nobody_noticed_no_position_means_two_events() {
    hold(scopes::UNNOTICED);
}
