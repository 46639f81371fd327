//! A few schedules of the random attack; the program `faults` runs hundreds.

use faults::plan::{Wanted, plan};
use faults::random::Random;
use faults::{Class, run};

/// How many are run here: they take about a minute.
const SCHEDULES: usize = 12;
/// Where: servers of each kind but a cluster, which starts slowly, and a small disk, which takes root.
const CLASSES: [Class; 4] = [Class::Sync, Class::Async, Class::Restore, Class::Single];

/// The variable that brings a run back.
const SEED: &str = "CASEBUS_FAULTS_SEED";

fn seed() -> u64 {
    let named = std::env::var_os(SEED).and_then(|text| text.into_string().ok());
    named.map_or_else(Random::fresh_seed, |text| {
        let digits = text.trim_start_matches("0x");
        u64::from_str_radix(digits, 16).unwrap_or_else(|_| panic!("{SEED} is no number: {text}"))
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_faults_lose_nothing_double_nothing_and_everything_agrees_afterwards() {
    let seed = seed();
    println!("{SEED}={seed:#x}");
    let wanted = Wanted { seed, schedules: SCHEDULES, only: None, classes: CLASSES.to_vec() };
    let logs = std::env::temp_dir().join(format!("casebus-faults-{}", std::process::id()));
    let report = run::run(&plan(&wanted), &logs, &|text| println!("{text}")).await;
    let report = report.unwrap_or_else(|error| panic!("{SEED}={seed:#x}: {error:#}"));
    println!("{}\n{}", report.table(), report.summary());
    assert!(report.is_well(), "{SEED}={seed:#x}: {:#?}", report.all_wrong());
    assert_eq!(report.outcomes.len(), SCHEDULES);
    assert!(report.commands > 0, "no command was acknowledged");
}
