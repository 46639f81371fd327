//! The course of a decision: events in order, each with what holds after it.

use crate::refusal::Refusal;
use crate::rule_pack::RulePack;
use crate::rules::Rules;
use crate::transfer::clocks::{self, changes::Scene};
use crate::transfer::state::Transfer;
use chrono::{DateTime, Utc};
use contract::event::{After, Body, TransferEvent, TransferRef, TransferSent};
use contract::ids::TransferId;
use contract::number;

/// What follows from a command: events, and the streams as the decision saw them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The events, in order.
    pub drafts: Vec<Draft>,
    /// Each stream that is written, at the version on which the decision stands; 0 for a new one.
    pub guards: Vec<(TransferId, i64)>,
    /// The transfer that the caller is shown: the new one where one was asked for.
    pub shown: TransferId,
}

/// An event that is not in the log yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its body.
    pub body: Body,
    /// Its business time.
    pub occurred_at: DateTime<Utc>,
    /// The series in which it is numbered.
    pub number_series: Option<String>,
}

/// The events of one transfer within a decision.
pub(crate) struct Course<'a> {
    transfer: Transfer,
    first_version: i64,
    now: DateTime<Utc>,
    rules: &'a Rules,
    pack: &'a RulePack,
    drafts: Vec<Draft>,
}

impl<'a> Course<'a> {
    /// Goes on from where a transfer stands.
    pub(crate) fn of(transfer: &Transfer, now: DateTime<Utc>, rules: &'a Rules) -> Result<Self, Refusal> {
        let pack = rules.pack(&transfer.sent.rule_pack)?;
        // Business time never goes back within a transfer, whatever the clock of the machine says.
        let now = now.max(transfer.updated_at);
        Ok(Self {
            transfer: transfer.clone(),
            first_version: transfer.version,
            now,
            rules,
            pack,
            drafts: Vec::new(),
        })
    }

    /// Begins a new transfer.
    pub(crate) fn begin(
        reference: TransferRef,
        sent: TransferSent,
        now: DateTime<Utc>,
        rules: &'a Rules,
    ) -> Result<Self, Refusal> {
        let pack = rules.pack(&sent.rule_pack)?;
        let series = number::series(&reference.from, sent.number_year);
        let transfer = Transfer::begin(reference, sent.clone(), now);
        let mut course = Self { first_version: 0, transfer, now, rules, pack, drafts: Vec::new() };
        course.record(None, TransferEvent::Sent(sent), Some(series));
        Ok(course)
    }

    /// Lets an event happen.
    pub(crate) fn happen(mut self, event: TransferEvent) -> Self {
        let before = self.transfer.clone();
        self.transfer = self.transfer.after(&event, self.now);
        self.record(Some(&before), event, None);
        self
    }

    /// Notes an event that has happened to the transfer; with the first one it began as it stands.
    fn record(&mut self, before: Option<&Transfer>, event: TransferEvent, number_series: Option<String>) {
        let scene = Scene {
            before: before.unwrap_or(&self.transfer),
            after: &self.transfer,
            event: &event,
            now: self.now,
            pack: self.pack,
            rules: self.rules,
        };
        let changes = clocks::changes(&scene);
        self.transfer.apply_clocks(&event, &changes, self.now);
        self.transfer.facts.extendable = clocks::extendable(&self.transfer, self.pack);
        self.transfer.version += 1;
        let after = After {
            state: self.transfer.state.name(),
            holder: self.transfer.holder().cloned(),
            handling: self.transfer.state.handling(),
            clocks: changes,
            facts: self.transfer.facts.clone(),
        };
        let body = Body { transfer: self.transfer.reference.clone(), event, after };
        self.drafts.push(Draft { body, occurred_at: self.now, number_series });
    }

    /// The transfer as it stands after the events so far.
    pub(crate) fn transfer(&self) -> &Transfer {
        &self.transfer
    }

    /// The decision.
    pub(crate) fn decided(self) -> Decision {
        let id = self.transfer.reference.id;
        Decision { drafts: self.drafts, guards: vec![(id, self.first_version)], shown: id }
    }

    /// The decision, together with a linked transfer; the caller is shown the linked one.
    pub(crate) fn decided_with(self, linked: Course<'_>) -> Decision {
        self.decided().then(linked.decided())
    }
}

impl Decision {
    /// This decision on a transfer, and one that was made on the transfer as it stands after it.
    pub(crate) fn before(mut self, next: Self) -> Self {
        let known: Vec<_> = self.guards.iter().map(|(id, _)| *id).collect();
        self.drafts.extend(next.drafts);
        self.guards.extend(next.guards.into_iter().filter(|(id, _)| !known.contains(id)));
        self.shown = next.shown;
        self
    }

    /// This decision and another one together; the caller is shown what the other one shows, whose events come last.
    pub(crate) fn then(mut self, last: Self) -> Self {
        self.drafts.extend(last.drafts);
        self.guards.extend(last.guards);
        self.shown = last.shown;
        self
    }
}
