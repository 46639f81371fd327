//! Random calls against a model of the log that is a few lines long.

use crate::fixture::{Fixture, event, fresh, id, stream};
use log::{Guard, NewCommand, Outcome};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;

/// Command number, hash, guards and writes as (stream, version), series of each write.
type Plan = (u128, u8, Vec<(u128, i64)>, Vec<usize>, bool);

#[derive(Default)]
struct Model {
    position: i64,
    versions: BTreeMap<u128, i64>,
    numbers: i64,
    answered: BTreeMap<u128, (u8, i64, i64)>,
}

impl Model {
    fn take(&mut self, plan: &Plan) -> Outcome {
        let (number, hash, guards, writes, is_numbered) = plan;
        if let Some((first_hash, first, last)) = self.answered.get(number) {
            return if first_hash == hash {
                Outcome::Repeated { first: *first, last: *last }
            } else {
                Outcome::CommandIdReused
            };
        }
        for (on, version) in guards {
            let actual = self.versions.get(on).copied().unwrap_or(0);
            if actual != *version {
                return Outcome::Conflict { stream_id: stream(*on), actual };
            }
        }
        let first = self.position + 1;
        let allotted = is_numbered.then_some(self.numbers + 1);
        for write in writes {
            *self.versions.entry(guards[write % guards.len()].0).or_default() += 1;
            self.position += 1;
            self.numbers += i64::from(*is_numbered);
        }
        self.answered.insert(*number, (*hash, first, self.position));
        Outcome::Appended { first, last: self.position, number: allotted }
    }
}

fn new_command(plan: &Plan) -> NewCommand {
    let (number, hash, guards, writes, is_numbered) = plan;
    let events = writes.iter().map(|write| {
        let mut event = event(stream(guards[write % guards.len()].0), "{}");
        event.number_series = is_numbered.then(|| "series".to_owned());
        event
    });
    let guards = guards.iter().map(|(on, version)| Guard { stream_id: stream(*on), version: *version });
    NewCommand {
        id: id(*number),
        request_hash: [*hash; 32],
        guards: guards.collect(),
        events: events.collect(),
    }
}

fn plans() -> impl Strategy<Value = Vec<Vec<Plan>>> {
    let guards =
        prop::collection::btree_map(0..4u128, 0..4i64, 1..3).prop_map(|map| map.into_iter().collect());
    let plan = (0..30u128, 0..2u8, guards, prop::collection::vec(0..3usize, 1..4), any::<bool>());
    prop::collection::vec(prop::collection::vec(plan, 1..12), 1..12)
}

async fn agrees_with_the_model(fixture: &Fixture, calls: &[Vec<Plan>]) {
    let mut model = Model::default();
    for call in calls {
        let commands: Vec<_> = call.iter().map(new_command).collect();
        let outcomes = fixture.log.append(&commands).await.unwrap();
        let expected: Vec<_> = call.iter().map(|plan| model.take(plan)).collect();
        assert_eq!(outcomes, expected);
    }
    let events = fixture.log.read_after(0, 10_000).await.unwrap();
    let positions: Vec<i64> = events.iter().map(|event| event.position).collect();
    assert_eq!(positions, (1..=model.position).collect::<Vec<_>>());
    for (on, version) in model.versions {
        let versions: Vec<i64> =
            fixture.log.read_stream(stream(on)).await.unwrap().iter().map(|event| event.version).collect();
        assert_eq!(versions, (1..=version).collect::<Vec<_>>());
    }
    let numbers: Vec<i64> = events.iter().filter_map(|event| event.number).collect();
    assert_eq!(numbers, (1..=model.numbers).collect::<Vec<_>>());
}

#[test]
fn any_calls_are_answered_as_the_model_answers_them() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() });
    let run = |calls: Vec<Vec<Plan>>| {
        runtime.block_on(async {
            let fixture = fresh().await;
            agrees_with_the_model(&fixture, &calls).await;
            fixture.pool.close().await;
        });
        Ok(())
    };
    runner.run(&plans(), run).unwrap();
}
