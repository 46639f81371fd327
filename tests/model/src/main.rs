//! Explores.
#![expect(clippy::print_stdout, reason = "a program whose purpose is what it prints")]
use model::explorer::explore;
use model::flow::Flow;
use model::flow::design::*;
use model::scopes::*;
use model::flow::scope::*;
fn main() {
    let b = Design::as_built();
    let all = [
      ("appending", APPENDING,b), ("relaying", RELAYING,b), ("folding", FOLDING,b), 
      ("whole", Scope{ gateways: 2, call_size:1, ..WHOLE},b),
      ("whole1", Scope{ gateways: 2, call_size:1, relays:1, projectors:1, ..WHOLE},b),
      ("whole2", Scope{ gateways: 1, call_size:1, relays:2, projectors:1, ..WHOLE},b),
      ("restoring", RESTORING,b),
    ];
    let args: Vec<String> = std::env::args().skip(1).collect();
    for (name, scope, design) in all {
        if !args.is_empty() && !args.contains(&name.to_string()) { continue; }
        for faults in 0..=scope.faults {
        let begun = std::time::Instant::now();
        let finding = explore(&Flow { design, scope: Scope { faults, ..scope}, tolerated: &[] }, 6_000_000);
        println!("{name} {faults}: {finding} in {:?}", begun.elapsed());
        }
    }
}
