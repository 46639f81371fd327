//! Plays the scripts: every act in order of its time, those of the same moment together.

use super::Stage;
use super::act::Act;
use super::ids::{command_id, linked_id};
use super::keys::DemoKeys;
use super::minutes::Script;
use anyhow::Context;
use chrono::{DateTime, Utc};
use command::{Request, request_hash};
use contract::actor::Actor;
use contract::event::{Organisation, Person, Subject};
use contract::ids::DepartmentId;
use domain::Transfer;
use domain::registry::Registry;
use futures_util::future::try_join_all;
use std::collections::BTreeMap;

/// The player of the scripts.
struct Player<'a> {
    stage: &'a Stage<'a>,
    registry: &'a Registry,
    keys: &'a DemoKeys,
}

/// A script and where its transfer stands.
struct Part {
    script: Script,
    transfer: Option<Transfer>,
}

/// Plays all scripts.
pub(super) async fn play(
    stage: &Stage<'_>,
    registry: &Registry,
    keys: &DemoKeys,
    scripts: Vec<Script>,
) -> anyhow::Result<()> {
    let player = Player { stage, registry, keys };
    let mut moments: BTreeMap<DateTime<Utc>, Vec<(usize, usize)>> = BTreeMap::new();
    for (index, script) in scripts.iter().enumerate() {
        for step in 0..=script.steps.len() {
            let at = script.moment(step).context("a script has no such step")?;
            moments.entry(at).or_default().push((index, step));
        }
    }
    let mut parts: Vec<Part> = scripts.into_iter().map(|script| Part { script, transfer: None }).collect();
    for together in moments.into_values() {
        let acts = together.iter().map(|(index, step)| player.step(&parts[*index], *step));
        let done = try_join_all(acts).await?;
        for ((index, _), done) in together.iter().zip(done) {
            parts[*index].transfer = Some(done);
        }
    }
    Ok(())
}

impl Player<'_> {
    /// The transfer after a step.
    async fn step(&self, part: &Part, step: usize) -> anyhow::Result<Transfer> {
        let script = &part.script;
        let done = match step.checked_sub(1) {
            None => self.send(script).await,
            Some(index) => self.act(part, index).await,
        };
        done.with_context(|| format!("step {step} of {}", script.name))
    }

    async fn send(&self, script: &Script) -> anyhow::Result<Transfer> {
        let id = linked_id(&script.name, 0);
        if let Some(together) = &script.together {
            // Each script of them sends all; the first one does, and the others are its repeats.
            let request = self.request(&together.name, 0, &script.send.from, script.sent_at);
            self.stage.desk.send_all(&request, &together.commands).await?;
            return self.stage.desk.transfer(id).await?.context("it is not among what was sent");
        }
        let mut command = script.send.clone();
        command.id = id;
        command.subjects = self.subjects(script).await?;
        let request = self.request(&script.name, 0, &command.from, script.sent_at);
        Ok(self.stage.desk.send(&request, &command, None).await?.transfer)
    }

    async fn act(&self, part: &Part, index: usize) -> anyhow::Result<Transfer> {
        let script = &part.script;
        let transfer = part.transfer.as_ref().context("it was not sent")?;
        let (at, act) = script.steps[index];
        let command = act.command(script, index + 1, transfer, self.registry)?;
        let request = Request {
            actor: self.actor(&act.by(transfer), act == Act::GrantExtension),
            ..self.request(&script.name, index + 1, &act.by(transfer), at)
        };
        let id = transfer.reference.id;
        let refused = || format!("{act:?} on {:?}", transfer.state);
        Ok(self.stage.desk.act(&request, id, &command).await.with_context(refused)?.transfer)
    }

    fn request(&self, name: &str, step: usize, by: &DepartmentId, now: DateTime<Utc>) -> Request {
        let route = format!("demo {step}");
        Request {
            id: command_id(&route, name),
            hash: request_hash(&route, name.as_bytes()),
            actor: self.actor(by, false),
            by: by.clone(),
            now,
            expected_version: None,
            traceparent: None,
        }
    }

    fn actor(&self, by: &DepartmentId, is_head: bool) -> Actor {
        let (role, key) = if is_head { self.keys.head_of(by) } else { self.keys.of(by) };
        Actor::Department { department: by.clone(), role, key }
    }

    async fn subjects(&self, script: &Script) -> anyhow::Result<Vec<Subject>> {
        let mut subjects = Vec::new();
        if let Some((name, uscc)) = &script.organisation {
            let organisation = Organisation { name: name.clone(), uscc: uscc.clone() };
            subjects.push(Subject::Organisation(organisation));
        }
        if let Some(name) = &script.person {
            let key = self.stage.accounts.new_subject_key().await?;
            let name = self.stage.accounts.seal(&key, "name", name)?;
            subjects.push(Subject::Person(Person { name, identity_number: None }));
        }
        Ok(subjects)
    }
}
