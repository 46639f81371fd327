//! Explores the flow, and tells what it found:
//!
//! * the flow as it is built, within small scopes, or with `--deep` within larger ones;
//! * the designs that are known to be wrong and the limits of the flow, each with the shortest way to where it fails.
#![expect(clippy::print_stdout, reason = "a program whose purpose is what it prints")]

use model::explorer::{Finding, Model, explore};
use model::flow::Flow;
use model::flow::design::{BUILT, Design};
use model::scopes::{DEEP, SMALL};
use model::wrong::tail::{TAILS, TailModel};
use model::wrong::{limits, without};
use std::process::ExitCode;
use std::time::Instant;

/// More states than any scope has.
const MOST_STATES: usize = 5_000_000;

fn main() -> ExitCode {
    let is_deep = std::env::args().skip(1).any(|argument| argument == "--deep");
    let scopes = if is_deep { DEEP.as_slice() } else { &SMALL };
    println!("As it is built");
    let mut all_hold = true;
    for (name, scope) in scopes {
        let flow = Flow { design: Design::as_built(), scope: *scope, tolerated: &[] };
        all_hold &= matches!(tell(name, &flow), Finding::Holds(_));
    }
    if !is_deep {
        tell_wrong();
    }
    if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn tell_wrong() {
    println!("\nReading a log");
    for tail in TAILS {
        tell(&format!("{tail:?}"), &TailModel { tail, streams: &[0, 0, 1], faults: 1 });
    }
    println!("\nWith one guard less");
    for guard in BUILT {
        if let Some((_, case)) = without::without(guard) {
            tell(&format!("without {guard:?}"), &case.flow);
        }
    }
    tell("with message ids", &without::with_message_ids().flow);
    println!("\nLimits of what is built");
    for limit in limits::all() {
        tell(limit.name, &limit.as_built.flow);
    }
}

fn tell<M: Model>(name: &str, model: &M) -> Finding<M::Invariant> {
    let begun = Instant::now();
    let finding = explore(model, MOST_STATES);
    println!("{name}, {:.1} s: {finding}", begun.elapsed().as_secs_f64());
    finding
}
