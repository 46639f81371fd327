//! A handoff in business words: open it, act on it with everything that the act needs, look at it.

use chrono::{DateTime, TimeDelta, Utc};
use contract::handoff::{
    Direction, HandoffAct, HandoffBody, HandoffClock, HandoffClockRun, HandoffState, Lane, Said, Suspect,
    SuspectKind,
};
use contract::ids::{DepartmentId, HandoffId};
use contract::sealed::Sealed;
use domain::Rules;
use domain::handoff::role::By;
use domain::handoff::{
    Handoff, HandoffAction, HandoffDecision, HandoffRefusal, OpenHandoff, decide, open as open_handoff,
};
use domain::registry::{Department, DepartmentType, Registry};
use domain::rule_pack::Catalogue;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::saying::said_for;

pub const AGENCY: &str = "320100-wjw";
pub const ADDRESSEE: &str = "320100-scj";
pub const SENDER: &str = "320100-ybj";
pub const POLICE: &str = "320100-gaj";
pub const FOREST_POLICE: &str = "320100-slga";
pub const PROCURATORATE: &str = "320100-jcy";
pub const COURT: &str = "320100-fy";
pub const COMMISSION: &str = "320100-jw";
pub const OFFICE: &str = "320100-lxb";
pub const OTHER_AGENCY: &str = "320200-wjw";
pub const OTHER_POLICE: &str = "320200-gaj";
pub const OTHER_PROCURATORATE: &str = "320200-jcy";
pub const OTHER_COURT: &str = "320200-fy";
pub const DISTRICT_POLICE: &str = "320102-gaj";
/// Who stands for casebus itself.
pub const CASEBUS: &str = "";

static REGISTRY: LazyLock<Arc<Registry>> = LazyLock::new(|| Arc::new(registry()));
static NATIONAL: LazyLock<Arc<Rules>> = LazyLock::new(|| Arc::new(Rules::national()));
static ALL_ON: LazyLock<Arc<Rules>> = LazyLock::new(|| {
    Arc::new(rules_with(
        // Long, so that a test says itself when a notice arrives.
        "[criminal]\nnotice_deemed_hours = 60000\n[[criminal.clock]]\ncode = \"C07-7\"\non = true\narticle = \"本市规定 第二条\"\n\
         [[criminal.clock]]\ncode = \"C07-30\"\non = true\narticle = \"本市规定 第三条\"\n\
         [[criminal.clock]]\ncode = \"C20\"\non = true\narticle = \"本市规定 第四条\"\n",
    ))
});

pub fn department(id: &str) -> DepartmentId {
    DepartmentId::new(id).unwrap()
}

/// A moment of 2026 in Shanghai, like `09-29 10:00`.
pub fn at(text: &str) -> DateTime<Utc> {
    format!("2026-{}:00+08:00", text.replace(' ', "T")).parse().unwrap()
}

/// Two cities under one province, and a district under the first.
fn registry() -> Registry {
    use DepartmentType as T;
    let row = |id: &str, department_type: T, parent: &str| Department {
        id: department(id),
        name: id.to_owned(),
        canonical_name: id.to_owned(),
        level: if id.starts_with("320102") { "区县" } else { "市" }.to_owned(),
        department_type,
        parent: (!parent.is_empty()).then(|| department(parent)),
        host: None,
    };
    let mut rows = vec![
        row("320000-rmzf", T::Government, ""),
        row("320000-gat", T::PublicSecurity, "320000-rmzf"),
        row("320102-rmzf", T::Government, "320100-rmzf"),
        row(DISTRICT_POLICE, T::PublicSecurity, "320102-rmzf"),
        row(FOREST_POLICE, T::PublicSecurity, "320100-rmzf"),
        row(SENDER, T::EnforcingOrgan, "320100-rmzf"),
        row(OFFICE, T::CoordinationOffice, "320100-rmzf"),
    ];
    for city in ["320100", "320200"] {
        let government = format!("{city}-rmzf");
        rows.push(row(&government, T::Government, "320000-rmzf"));
        for (name, kind) in [
            ("wjw", T::EnforcingOrgan),
            ("scj", T::EnforcingOrgan),
            ("gaj", T::PublicSecurity),
            ("jcy", T::Procuratorate),
            ("fy", T::Court),
            ("jw", T::Supervisory),
        ] {
            rows.push(row(&format!("{city}-{name}"), kind, &government));
        }
    }
    Registry::new(1, rows, [], [])
}

/// The national rules with a pack of the first city.
pub fn rules_with(criminal: &str) -> Rules {
    let mut catalogue = Catalogue::shipped();
    let pack = format!(
        "id = \"nj-2026.1\"\ninherits = \"cn-default-2026.2\"\njurisdiction = \"320100\"\n\
         effective_from = \"2026-01-01\"\n[[vector]]\nclock = \"T02\"\nstart = 2026-03-02T10:00:00+08:00\n\
         due_on = \"2026-03-03\"\n{criminal}"
    );
    catalogue.add(&pack).unwrap();
    Rules::national().with(catalogue, [])
}

/// The national rules.
pub fn national() -> Arc<Rules> {
    Arc::clone(&NATIONAL)
}

/// The national rules with every clock of the statute switched on.
pub fn all_on() -> Arc<Rules> {
    Arc::clone(&ALL_ON)
}

pub fn name() -> Sealed {
    Sealed::new(uuid::Uuid::from_u128(7), "AAAA")
}

pub fn suspect(name: &str) -> Suspect {
    Suspect {
        kind: SuspectKind::Organisation,
        name: Some(name.to_owned()),
        person_name: None,
        identity_number: None,
        uscc: None,
        offence: "诈骗罪".to_owned(),
        public_official: false,
    }
}

/// An event as it was decided, with when it happened.
#[derive(Clone)]
pub struct Happened {
    pub body: HandoffBody,
    pub at: DateTime<Utc>,
}

/// All handoffs of a little world, folded from the events that were decided.
#[derive(Clone)]
pub struct World {
    pub rules: Arc<Rules>,
    pub registry: Arc<Registry>,
    pub handoffs: BTreeMap<HandoffId, Handoff>,
    pub history: Vec<Happened>,
    pub first: HandoffId,
    pub now: DateTime<Utc>,
    next_id: u128,
}

impl World {
    pub fn empty(rules: Arc<Rules>, now: DateTime<Utc>) -> Self {
        Self {
            rules,
            registry: Arc::clone(&REGISTRY),
            handoffs: BTreeMap::new(),
            history: Vec::new(),
            first: HandoffId(uuid::Uuid::from_u128(1)),
            now,
            next_id: 1,
        }
    }

    /// The agency investigates two suspects; another department waits for the result.
    pub fn investigating(rules: Arc<Rules>, now: DateTime<Utc>) -> Self {
        let mut world = Self::empty(rules, now);
        let command = world.opening(Direction::Forward, AGENCY, POLICE);
        world.open(&command).unwrap();
        world
    }

    /// What a handoff is opened with.
    pub fn opening(&mut self, direction: Direction, by: &str, to: &str) -> OpenHandoff {
        self.next_id += 1;
        let id = if self.handoffs.is_empty() { self.first } else { self.fresh() };
        OpenHandoff {
            id,
            direction,
            by: department(by),
            to: department(to),
            matter: None,
            origin: None,
            upstream: vec![department(SENDER)],
            title: "骗取医保基金".to_owned(),
            summary: "检查发现虚构诊疗".to_owned(),
            suspects: vec![suspect("甲"), suspect("乙")],
            administrative_case: Some("卫立〔2026〕8号".to_owned()),
            administrative_case_filed_on: Some(domain::civil::day_of(self.now)),
            standard: None,
            amount_fen: None,
            expedited: false,
            suspicion: None,
            readers: Vec::new(),
            approval: None,
        }
    }

    pub fn fresh(&self) -> HandoffId {
        HandoffId(uuid::Uuid::from_u128(self.next_id))
    }

    pub fn open(&mut self, command: &OpenHandoff) -> Result<HandoffDecision, HandoffRefusal> {
        let decision = open_handoff(command, self.now, &self.rules, &self.registry)?;
        self.take(&decision);
        Ok(decision)
    }

    /// Folds a decision as a reader of the log would: from bytes.
    pub fn take(&mut self, decision: &HandoffDecision) {
        for draft in &decision.drafts {
            let body = HandoffBody::decode(HandoffBody::SCHEMA_VERSION, &draft.body.encode()).unwrap();
            assert_eq!(body, draft.body, "a body reads back as it was written");
            let id = body.handoff.id;
            let before = self.handoffs.remove(&id);
            let next = Handoff::evolve(before, &body, None, draft.occurred_at, 0).unwrap();
            self.handoffs.insert(id, next);
            self.history.push(Happened { body, at: draft.occurred_at });
        }
    }

    /// Folds a decision as the rules hand it over.
    pub fn take_unread(&mut self, decision: HandoffDecision) {
        self.next_id += 1;
        for draft in decision.drafts {
            let id = draft.body.handoff.id;
            let before = self.handoffs.remove(&id);
            let next = Handoff::evolve(before, &draft.body, None, draft.occurred_at, 0).unwrap();
            self.handoffs.insert(id, next);
            self.history.push(Happened { body: draft.body, at: draft.occurred_at });
        }
    }

    pub fn handoff(&self) -> &Handoff {
        &self.handoffs[&self.first]
    }

    pub fn lane(&self, number: u32) -> &Lane {
        self.handoff().lane(number).unwrap()
    }

    pub fn state(&self) -> HandoffState {
        self.lane(1).state
    }

    /// What would be decided; nothing happens.
    pub fn decided(&self, by: &str, act: HandoffAct, said: Said) -> Result<HandoffDecision, HandoffRefusal> {
        let organ = (by != CASEBUS).then(|| department(by));
        let by = organ.as_ref().map_or(By::System, By::Organ);
        let other = said.handoff.and_then(|id| self.handoffs.get(&id));
        let fresh = HandoffId(uuid::Uuid::from_u128(1_000 + self.next_id));
        let action = HandoffAction { act, said, fresh };
        decide(self.handoff(), other, &action, by, self.now, &self.rules, &self.registry)
    }

    pub fn try_act(
        &mut self,
        by: &str,
        act: HandoffAct,
        said: Said,
    ) -> Result<HandoffDecision, HandoffRefusal> {
        let decision = self.decided(by, act, said)?;
        self.next_id += 1;
        self.take(&decision);
        Ok(decision)
    }

    /// An act that must be permitted, with all that it needs.
    pub fn act(&mut self, by: &str, act: HandoffAct) -> &mut Self {
        let said = said_for(self, by, act);
        self.act_saying(by, act, said)
    }

    pub fn act_saying(&mut self, by: &str, act: HandoffAct, said: Said) -> &mut Self {
        let state = self.state();
        self.try_act(by, act, said)
            .unwrap_or_else(|refusal| panic!("{act:?} in {state} by {by}: {refusal:?}"));
        self
    }

    /// An act in one lane that must be permitted, with all that it needs.
    pub fn act_in(&mut self, lane: u32, by: &str, act: HandoffAct) -> &mut Self {
        let said = Said { lanes: vec![lane], ..said_for(self, by, act) };
        self.act_saying(by, act, said)
    }

    pub fn refused(&self, by: &str, act: HandoffAct) -> HandoffRefusal {
        self.decided(by, act, said_for(self, by, act)).unwrap_err()
    }

    pub fn allows(&self, by: &str, act: HandoffAct) -> bool {
        self.decided(by, act, said_for(self, by, act)).is_ok()
    }

    /// It is that moment now.
    pub fn when(&mut self, now: &str) -> &mut Self {
        self.now = at(now);
        self
    }

    pub fn days_later(&mut self, days: i64) -> &mut Self {
        self.now += TimeDelta::days(days);
        self
    }

    /// The last run of a clock in the first lane, or of the handoff as a whole.
    pub fn clock(&self, code: HandoffClock) -> Option<&HandoffClockRun> {
        let is_it = |run: &&HandoffClockRun| run.code == code && run.lane.is_none_or(|lane| lane == 1);
        self.handoff().after.clocks.iter().rfind(is_it)
    }
}
