//! Events as `domain` would produce them, in the order of a log.

use chrono::{DateTime, TimeDelta, Utc};
use contract::clock::{ClockChange, ClockCode, ClockMove, MissedCause};
use contract::event::{
    After, Body, CloseReason, Closed, Facts, FeedbackGiven, FeedbackReference, OutcomeCode, Terms,
    TimeLimitMissed, TransferEvent, TransferRef, TransferSent,
};
use contract::handoff::HandoffBody;
use contract::ids::{DepartmentId, MatterId, TransferId, fresh_id};
use contract::kind::{Routing, Source, TransferKind, Urgency};
use contract::state::{Handling, TransferState};
use domain::handoff::{Handoff, HandoffDecision};
use sqlx::PgPool;
use std::collections::HashMap;
use testkit::TestDatabase;
use views::parked::Parked;
use views::transfer::WholeTransfer;
use views::{Checkpoint, Event, Projection, Views, Visibility};

pub const SENDER: &str = "320100-ybj";
pub const RECEIVER: &str = "320100-wjw";
pub const OFFICE: &str = "320100-coord";
pub const STRANGER: &str = "320200-gaj";

pub fn department(text: &str) -> DepartmentId {
    text.parse().unwrap()
}

/// A database with an empty read model.
pub async fn database() -> (TestDatabase, PgPool) {
    let database = testkit::database_with(|url| async move {
        let pool = PgPool::connect(&url).await?;
        views::migrate(&pool, None).await?;
        pool.close().await;
        Ok(())
    })
    .await;
    let pool = PgPool::connect(&database.url).await.unwrap();
    (database, pool)
}

/// What folding came to.
pub struct Folded {
    pub checkpoint: Checkpoint,
    pub parked: Vec<Parked>,
}

/// Folds events in batches of a size, from wherever the read model stands.
pub async fn fold_all(pool: &PgPool, events: &[Event], batch: usize) -> Folded {
    let mut projection = Projection::begin(Views::new(pool.clone()), 1).await.unwrap();
    let mut parked = Vec::new();
    for events in events.chunks(batch) {
        parked.extend(projection.fold(events).await.unwrap());
    }
    Folded { checkpoint: projection.checkpoint(), parked }
}

/// Folds events in batches of a size, each by a projector that remembers nothing.
pub async fn fold_forgetting(pool: &PgPool, events: &[Event], batch: usize) {
    for events in events.chunks(batch) {
        let mut projection = Projection::begin(Views::new(pool.clone()), 1).await.unwrap();
        projection.fold(events).await.unwrap();
    }
}

/// A read model of this story.
pub async fn told(story: &Story) -> (TestDatabase, PgPool, Views) {
    let (database, pool) = database().await;
    fold_all(&pool, &story.events, 7).await;
    let views = Views::new(pool.clone());
    (database, pool, views)
}

/// A transfer with its parts, as one who sees everything reads it.
pub async fn whole(views: &Views, case: &TransferRef) -> WholeTransfer {
    views.whole_transfer(&Visibility::All, &case.to, case.id).await.unwrap().unwrap()
}

/// A log in the making.
pub struct Story {
    pub events: Vec<Event>,
    pub now: DateTime<Utc>,
    versions: HashMap<TransferId, i64>,
    numbers: i64,
}

impl Story {
    pub fn new() -> Self {
        let now = "2026-09-21T01:00:00Z".parse().unwrap();
        Self { events: Vec::new(), now, versions: HashMap::new(), numbers: 0 }
    }

    pub fn later(&mut self, hours: i64) {
        self.now += TimeDelta::hours(hours);
    }

    /// Position of the last event.
    pub fn position(&self) -> i64 {
        i64::try_from(self.events.len()).unwrap()
    }

    /// Records an event with what holds after it.
    pub fn record(&mut self, case: &TransferRef, actor: &str, event: TransferEvent, after: After) {
        let version = self.versions.entry(case.id).or_insert(0);
        *version += 1;
        let number = matches!(event, TransferEvent::Sent(_)).then(|| {
            self.numbers += 1;
            self.numbers
        });
        let body = Body { transfer: case.clone(), event, after };
        self.events.push(Event {
            position: i64::try_from(self.events.len()).unwrap() + 1,
            event_id: fresh_id(),
            stream_id: case.id.0,
            version: *version,
            event_type: body.event_type().as_str().to_owned(),
            schema_version: Body::SCHEMA_VERSION,
            number,
            occurred_at: self.now,
            recorded_at: self.now,
            actor: format!("{actor}/clerk/key1"),
            traceparent: None,
            body: body.encode(),
        });
    }

    /// Writes the events of a decision on a handoff, as the log would number them; the handoff as it stands after.
    pub fn hand_over(&mut self, before: Option<Handoff>, decision: &HandoffDecision) -> Handoff {
        let mut handoff = before;
        for draft in &decision.drafts {
            let version = self.versions.entry(TransferId(draft.body.stream_id())).or_default();
            *version += 1;
            let number = draft.number_series.as_ref().map(|_| {
                self.numbers += 1;
                self.numbers
            });
            let position = i64::try_from(self.events.len()).unwrap() + 1;
            self.events.push(Event {
                position,
                event_id: fresh_id(),
                stream_id: draft.body.stream_id(),
                version: *version,
                event_type: draft.body.event_type(),
                schema_version: HandoffBody::SCHEMA_VERSION,
                number,
                occurred_at: draft.occurred_at,
                recorded_at: draft.occurred_at,
                actor: format!("{}/clerk/key1", draft.body.by),
                traceparent: None,
                body: draft.body.encode(),
            });
            let evolved = Handoff::evolve(handoff, &draft.body, number, draft.occurred_at, position);
            handoff = Some(evolved.unwrap());
        }
        handoff.unwrap()
    }

    pub fn started(&self, code: ClockCode, owner: &DepartmentId, hours: i64) -> ClockChange {
        ClockChange {
            code,
            run: 1,
            movement: ClockMove::Started,
            owner: owner.clone(),
            started_at: self.now,
            due_at: Some(self.now + TimeDelta::hours(hours)),
            provisional: false,
            warn_at: None,
            pause_reason: None,
            calendar: Some("cn-2026".to_owned()),
        }
    }

    pub fn send(&mut self, from: &str, to: &str) -> TransferRef {
        self.send_in(MatterId::fresh(), TransferKind::ClueTransfer, from, to, "虚假住院线索")
    }

    pub fn send_in(
        &mut self,
        matter: MatterId,
        kind: TransferKind,
        from: &str,
        to: &str,
        title: &str,
    ) -> TransferRef {
        self.send_as(matter, kind, from, to, sent(title))
    }

    /// Sends what is given, with the clock that its kind starts.
    pub fn send_as(
        &mut self,
        matter: MatterId,
        kind: TransferKind,
        from: &str,
        to: &str,
        sent: TransferSent,
    ) -> TransferRef {
        let case =
            TransferRef { id: TransferId::fresh(), kind, from: department(from), to: department(to), matter };
        let clocks = match kind {
            TransferKind::Notice => vec![self.started(ClockCode::T15, &case.to, 24)],
            TransferKind::AssistanceRequest => vec![self.started(ClockCode::T14, &case.to, 360)],
            TransferKind::SupervisionTask => {
                vec![self.started(ClockCode::T02, &case.to, 24), self.started(ClockCode::T21, &case.to, 240)]
            }
            TransferKind::ClueTransfer | TransferKind::CaseReferral => {
                vec![self.started(ClockCode::T02, &case.to, 24)]
            }
        };
        let held = after(TransferState::Delivered, Some(&case.to), clocks);
        self.record(&case, from, TransferEvent::Sent(sent), held);
        case
    }

    /// An event after which all stands as before, but for these clocks.
    pub fn note(&mut self, case: &TransferRef, actor: &str, event: TransferEvent, clocks: Vec<ClockChange>) {
        let last = Body::decode(1, &self.last_of(case).body).unwrap().after;
        self.record(case, actor, event, After { clocks, ..last });
    }

    /// An event after which these facts hold, and the rest stands as before.
    pub fn note_facts(&mut self, case: &TransferRef, actor: &str, event: TransferEvent, facts: Facts) {
        let last = Body::decode(1, &self.last_of(case).body).unwrap().after;
        self.record(case, actor, event, After { clocks: vec![], facts, ..last });
    }

    /// The last change of a clock, as another move of it.
    pub fn moved(&self, case: &TransferRef, code: ClockCode, movement: ClockMove) -> ClockChange {
        ClockChange { movement, ..self.last_clock(case, code) }
    }

    pub fn sign(&mut self, case: &TransferRef) {
        let mut stopped = self.last_clock(case, ClockCode::T02);
        stopped.movement = ClockMove::Stopped;
        let clocks = vec![stopped, self.started(ClockCode::T03, &case.to, 120)];
        self.record(
            case,
            case.to.as_str(),
            TransferEvent::Signed,
            after(TransferState::Signed, Some(&case.to), clocks),
        );
    }

    pub fn accept(&mut self, case: &TransferRef) {
        let mut stopped = self.last_clock(case, ClockCode::T03);
        stopped.movement = ClockMove::Stopped;
        let clocks = vec![
            stopped,
            self.started(ClockCode::T07, &case.to, 360),
            self.started(ClockCode::T08, &case.to, 360),
            self.started(ClockCode::T09b, &case.to, 2160),
        ];
        let mut after = after(TransferState::Accepted, Some(&case.to), clocks);
        after.handling = Some(Handling::Pending);
        self.record(case, case.to.as_str(), TransferEvent::Accepted, after);
    }

    pub fn interim(&mut self, case: &TransferRef) {
        let mut stopped = self.last_clock(case, ClockCode::T08);
        stopped.movement = ClockMove::Stopped;
        let mut after = after(TransferState::Accepted, Some(&case.to), vec![stopped]);
        after.handling = Some(Handling::Pending);
        let given = FeedbackGiven {
            feedback: 1,
            text: "正在核查".into(),
            outcome: None,
            parts: vec![],
            without_parts: None,
        };
        self.record(case, case.to.as_str(), TransferEvent::InterimFeedbackGiven(given), after);
    }

    pub fn answer(&mut self, case: &TransferRef) {
        let mut clocks: Vec<_> =
            [ClockCode::T07, ClockCode::T09b].map(|code| self.last_clock(case, code)).into();
        for clock in &mut clocks {
            clock.movement = ClockMove::Stopped;
        }
        clocks.push(self.started(ClockCode::T18, &case.from, 120));
        let given = FeedbackGiven {
            feedback: 2,
            text: "已追回基金".into(),
            outcome: Some(OutcomeCode::FundsRecovered),
            parts: vec![],
            without_parts: None,
        };
        let event = TransferEvent::FinalFeedbackGiven(given);
        self.record(case, case.to.as_str(), event, after(TransferState::Answered, Some(&case.from), clocks));
    }

    pub fn confirm_and_close(&mut self, case: &TransferRef) {
        let mut stopped = self.last_clock(case, ClockCode::T18);
        stopped.movement = ClockMove::Stopped;
        let confirmed = TransferEvent::FeedbackConfirmed(FeedbackReference { feedback: 2 });
        self.record(
            case,
            case.from.as_str(),
            confirmed,
            after(TransferState::Answered, Some(&case.from), vec![stopped]),
        );
        let closed = TransferEvent::Closed(Closed { reason: CloseReason::Confirmed });
        self.record(case, case.from.as_str(), closed, after(TransferState::Closed, None, vec![]));
    }

    pub fn miss(&mut self, case: &TransferRef, code: ClockCode, cause: MissedCause) {
        let mut clock = self.last_clock(case, code);
        clock.movement = ClockMove::Missed;
        let missed = TimeLimitMissed {
            code,
            run: clock.run,
            owner: clock.owner.clone(),
            due_at: clock.due_at.unwrap(),
            cause,
        };
        let last = Body::decode(1, &self.last_of(case).body).unwrap().after;
        let event = TransferEvent::TimeLimitMissed(missed);
        self.record(case, "casebus", event, After { clocks: vec![clock], ..last });
    }

    /// The last event of a transfer.
    pub fn last_of(&self, case: &TransferRef) -> &Event {
        self.events.iter().rev().find(|event| event.stream_id == case.id.0).unwrap()
    }

    /// The last change of a clock.
    pub fn last_clock(&self, case: &TransferRef, code: ClockCode) -> ClockChange {
        let of_case = self.events.iter().rev().filter(|event| event.stream_id == case.id.0);
        of_case
            .filter_map(|event| Body::decode(1, &event.body).ok())
            .flat_map(|body| body.after.clocks)
            .find(|change| change.code == code)
            .unwrap()
    }

    /// A whole life, from sending to closing.
    pub fn whole_life(&mut self, from: &str, to: &str) -> TransferRef {
        let case = self.send(from, to);
        self.later(2);
        self.sign(&case);
        self.later(20);
        self.accept(&case);
        self.later(48);
        self.interim(&case);
        self.later(48);
        self.answer(&case);
        self.later(5);
        self.confirm_and_close(&case);
        case
    }
}

pub fn after(state: TransferState, holder: Option<&DepartmentId>, clocks: Vec<ClockChange>) -> After {
    After { state, holder: holder.cloned(), handling: None, clocks, facts: Facts::default() }
}

pub fn sent(title: &str) -> TransferSent {
    TransferSent {
        title: title.to_owned(),
        summary: "某医院涉嫌虚假住院".to_owned(),
        urgency: Urgency::Normal,
        source: Source::Monitoring,
        discovered_at: None,
        subjects: vec![contract::event::Subject::Organisation(contract::event::Organisation {
            name: "某医院".to_owned(),
            uscc: None,
        })],
        subject_matter: None,
        routing: Routing::Named,
        origin: None,
        office: department(OFFICE),
        objection_allowed: true,
        deadline: None,
        number_year: 2026,
        rule_pack: "cn-default-2026.1".to_owned(),
        calendar: "cn-2026".to_owned(),
        terms: Terms::default(),
    }
}

impl Story {
    /// A signature of a transfer whose sending nobody can read.
    pub fn sign_without_clock(&mut self, case: &TransferRef) {
        self.record(
            case,
            RECEIVER,
            TransferEvent::Signed,
            after(TransferState::Signed, Some(&case.to), vec![]),
        );
    }
}

impl Story {
    /// The reference that the events of a transfer carry.
    pub fn reference(&self, id: TransferId) -> TransferRef {
        let event = self.events.iter().find(|event| event.stream_id == id.0).unwrap();
        Body::decode(1, &event.body).unwrap().transfer
    }
}
