//! A transfer in business words: send it, act on it, look at it.

use chrono::{DateTime, Utc};
use contract::clock::ClockCode;
use contract::event::{Body, Terms};
use contract::ids::{DepartmentId, TransferId};
use contract::kind::{Routing, Source, TransferKind, Urgency};
use contract::state::TransferState;
use domain::transfer::clocks::{Clock, Phase};
use domain::transfer::commands::SendTransfer;
use domain::transfer::event::Place;
use domain::{Command, Decision, Refusal, Rules, Transfer, decide};
use std::collections::BTreeMap;
use std::sync::LazyLock;

pub const HEALTH: &str = "320100-wjw";
pub const INSURANCE: &str = "320100-ybj";
pub const MARKET: &str = "320100-scj";
pub const OFFICE: &str = "320100-lxb";

/// Read once: reading runs the vectors of every pack.
static NATIONAL: LazyLock<Rules> = LazyLock::new(Rules::national);

pub fn department(id: &str) -> DepartmentId {
    DepartmentId::new(id).unwrap()
}

/// A moment of 2026 in Shanghai, like `09-29 10:00`.
pub fn at(text: &str) -> DateTime<Utc> {
    format!("2026-{}:00+08:00", text.replace(' ', "T")).parse().unwrap()
}

/// All transfers of a little world, folded from the events that were decided.
pub struct World {
    pub rules: Rules,
    pub transfers: BTreeMap<TransferId, Transfer>,
    pub history: Vec<Body>,
    pub first: TransferId,
    next_id: u128,
}

pub fn sending(kind: TransferKind, id: TransferId, from: &str, to: &str, urgency: Urgency) -> SendTransfer {
    SendTransfer {
        id,
        kind,
        from: department(from),
        to: department(to),
        office: department(OFFICE),
        routing: Routing::Named,
        subject_matter: None,
        title: "床位费重复收取".to_owned(),
        summary: "检查发现同一床日收费两次".to_owned(),
        urgency,
        source: Source::RoutineInspection,
        discovered_at: None,
        subjects: Vec::new(),
        deadline: None,
        terms: Terms::default(),
        from_receiver_of_origin: false,
    }
}

impl World {
    /// Health sends to insurance.
    pub fn with(kind: TransferKind, when: DateTime<Utc>) -> Self {
        Self::sent(kind, when, Urgency::Normal)
    }

    pub fn sent(kind: TransferKind, when: DateTime<Utc>, urgency: Urgency) -> Self {
        let mut world = Self::empty();
        let send = sending(kind, world.first, HEALTH, INSURANCE, urgency);
        world.send(&send, None, when);
        world
    }

    /// An empty world, in which the next transfer that is sent is the first.
    pub fn empty() -> Self {
        Self {
            rules: NATIONAL.clone(),
            transfers: BTreeMap::new(),
            history: Vec::new(),
            first: TransferId(uuid::Uuid::from_u128(1)),
            next_id: 2,
        }
    }

    /// Sends a transfer, perhaps in the matter of another one.
    pub fn send(&mut self, send: &SendTransfer, origin: Option<TransferId>, when: DateTime<Utc>) {
        let origin = origin.map(|id| self.transfers[&id].clone());
        let decision = send.decide(origin.as_ref(), when, &self.rules).unwrap();
        self.take(&decision);
    }

    pub fn fresh(&mut self) -> TransferId {
        self.next_id += 1;
        TransferId(uuid::Uuid::from_u128(self.next_id))
    }

    pub fn transfer(&self) -> &Transfer {
        &self.transfers[&self.first]
    }

    /// The one transfer that is linked to the first.
    pub fn linked(&self) -> &Transfer {
        self.transfers.values().find(|transfer| transfer.reference.id != self.first).unwrap()
    }

    /// Folds a decision as a reader of the log would: from bytes.
    pub fn take(&mut self, decision: &Decision) {
        for draft in &decision.drafts {
            let body = Body::decode(Body::SCHEMA_VERSION, &draft.body.encode()).unwrap();
            assert_eq!(body, draft.body, "a body reads back as it was written");
            let id = body.transfer.id;
            let place = Place { position: 0, number: None, occurred_at: draft.occurred_at };
            let next = Transfer::evolve(self.transfers.remove(&id), &body, place).unwrap();
            assert_eq!(next.state.name(), body.after.state);
            assert_eq!(next.holder(), body.after.holder.as_ref());
            assert_eq!(next.facts, body.after.facts);
            self.transfers.insert(id, next);
            self.history.push(body);
        }
    }

    pub fn try_act(&mut self, by: &str, when: DateTime<Utc>, command: &Command) -> Result<Decision, Refusal> {
        self.try_act_on(self.first, by, when, command)
    }

    pub fn try_act_on(
        &mut self,
        id: TransferId,
        by: &str,
        when: DateTime<Utc>,
        command: &Command,
    ) -> Result<Decision, Refusal> {
        let transfer = &self.transfers[&id];
        let upstream = transfer.assists().map(|case| &self.transfers[&case]);
        let decision = decide(transfer, upstream, command, &department(by), when, &self.rules)?;
        self.take(&decision);
        Ok(decision)
    }

    /// An act on any transfer that must be permitted; answers the events' names.
    pub fn act_on(&mut self, id: TransferId, by: &str, when: &str, command: &Command) -> Vec<&'static str> {
        let decision = self.try_act_on(id, by, at(when), command).unwrap();
        decision.drafts.iter().map(|draft| draft.body.event.name()).collect()
    }

    /// An act that must be permitted; answers the events' names.
    pub fn act(&mut self, by: &str, when: &str, command: &Command) -> Vec<&'static str> {
        let decision = self.try_act(by, at(when), command).unwrap();
        decision.drafts.iter().map(|draft| draft.body.event.name()).collect()
    }

    pub fn refused(&mut self, by: &str, when: &str, command: &Command) -> Refusal {
        self.try_act(by, at(when), command).unwrap_err()
    }

    pub fn state(&self) -> TransferState {
        self.transfer().state.name()
    }

    pub fn holder(&self) -> &str {
        self.transfer().holder().map_or("nobody", DepartmentId::as_str)
    }

    /// Codes of the clocks that run, in order.
    pub fn running(&self) -> Vec<ClockCode> {
        let runs = |clock: &&Clock| clock.phase == Phase::Running;
        let mut codes: Vec<_> = self.transfer().clocks.iter().filter(runs).map(|clock| clock.code).collect();
        codes.sort();
        codes
    }

    /// The last day of an open clock.
    pub fn last_day(&self, code: ClockCode) -> String {
        let clock = self.transfer().open_clock(code).unwrap();
        domain::civil::last_day_before(clock.due_at.unwrap()).to_string()
    }
}
