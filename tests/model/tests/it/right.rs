//! The flow as it is built.

use crate::holds;
use model::flow::Flow;
use model::flow::design::Design;
use model::flow::scope::Scope;
use model::scopes;

fn hold(name: &str, scope: Scope) {
    let flow = Flow { design: Design::as_built(), scope, tolerated: &[] };
    let size = holds(name, &flow);
    assert!(size.states > 1_000, "{name} is too small to say anything: {size}");
}

#[test]
fn gateways_append_densely_and_each_command_once_whatever_crashes() {
    hold("appending", scopes::APPENDING);
}

#[test]
fn two_leading_relays_keep_the_stream_a_prefix_of_the_log() {
    hold("relaying", scopes::RELAYING);
}

#[test]
fn two_leading_projectors_fold_each_event_once() {
    hold("folding", scopes::FOLDING);
}

#[test]
fn all_together_come_to_rest_with_log_stream_and_views_equal() {
    hold("whole", scopes::WHOLE);
}

#[test]
fn after_a_restore_and_a_new_epoch_no_position_means_two_events_within_an_epoch() {
    hold("restoring", scopes::RESTORING);
}

#[test]
fn a_gateway_that_was_not_stopped_during_a_new_epoch_decides_nothing_on_lost_events() {
    hold("forgotten gateways", scopes::FORGOTTEN_GATEWAYS);
}
