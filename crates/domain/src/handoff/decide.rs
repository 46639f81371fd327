//! An act against the table and its guards: its events, or why not.

use super::article::{Article, Source};
use super::clocks::Counter;
use super::effect::{Happening, apply};
use super::guard::{Case, Guard};
use super::join;
use super::open::body_under;
use super::refusal::HandoffRefusal;
use super::role::{self, By, Role};
use super::state::Handoff;
use super::table::{self, Row};
use crate::civil;
use crate::registry::{DepartmentType, Registry};
use crate::rules::Rules;
use chrono::{DateTime, Utc};
use contract::handoff::{
    HandoffAct, HandoffAfter, HandoffBody, HandoffClock, HandoffRef, HandoffState, IssuedDocument, Lane,
    Milestone, Need, Notice, Said, Secrecy, document_series, fields,
};
use contract::ids::{DepartmentId, HandoffId};

/// How many lanes a handoff has at most.
pub const LANES_MAX: usize = 50;

/// An act with what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffAction {
    /// Which act.
    pub act: HandoffAct,
    /// What it says.
    pub said: Said,
    /// A fresh id for the handoff that a splitting begins.
    pub fresh: HandoffId,
}

/// An event that is not in the log yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffDraft {
    /// Its body.
    pub body: HandoffBody,
    /// Its business time.
    pub occurred_at: DateTime<Utc>,
    /// The series in which it is numbered.
    pub number_series: Option<String>,
}

/// What follows from an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffDecision {
    /// The events, in order.
    pub drafts: Vec<HandoffDraft>,
    /// Each stream that is written, at the version on which the decision stands.
    pub guards: Vec<(HandoffId, i64)>,
    /// The handoff that the caller is shown.
    pub shown: HandoffId,
}

/// Decides an act at a moment. `other` is the handoff that the act names, where it names one.
pub fn decide(
    handoff: &Handoff,
    other: Option<&Handoff>,
    action: &HandoffAction,
    by: By<'_>,
    now: DateTime<Utc>,
    rules: &Rules,
    registry: &Registry,
) -> Result<HandoffDecision, HandoffRefusal> {
    let pack = rules.pack(&handoff.opening.rule_pack);
    let pack = pack.map_err(|_| HandoffRefusal::UnknownRulePack(handoff.opening.rule_pack.clone()))?;
    let now = now.max(handoff.updated_at);
    let counter = Counter {
        rules: &pack.criminal,
        calendar: rules.calendar(),
        expedited: handoff.opening.expedited,
        now,
    };
    says_what_it_must(action)?;
    // Confirming a notice that counts as arrived changes nothing but who did it. A secret of the investigation brings nothing
    // with it that others see.
    let is_secret = action.said.milestone.is_some_and(Milestone::is_investigative);
    let (arrived, settled) = if action.act == HandoffAct::NoticeReceipt || is_secret {
        (Vec::new(), handoff.clone())
    } else {
        settle(handoff, counter, registry)
    };
    let desk = Desk { handoff: &settled, action, by, counter, registry };
    let selected = desk.select()?;
    let mut decision = desk.carry_out(&selected, other)?;
    decision.drafts.splice(0..0, arrived);
    Ok(decision)
}

/// Notices that count as arrived by now have arrived before the act, also when the watch has not seen it.
fn settle(handoff: &Handoff, counter: Counter<'_>, registry: &Registry) -> (Vec<HandoffDraft>, Handoff) {
    let mut settled = handoff.clone();
    let mut drafts = Vec::new();
    let arrived = |notice: &&Notice| notice.received_at.is_none() && notice.deemed_at <= counter.now;
    for notice in handoff.after.notices.iter().filter(arrived) {
        let said = Said { notice: Some(notice.number), ..Said::default() };
        let happening = Happening {
            reference: &handoff.reference,
            opening: &handoff.opening,
            act: HandoffAct::NoticeReceipt,
            said: &said,
            by: &notice.to,
            counter,
        };
        let after = apply(&settled.after, &happening);
        let draft =
            draft(&settled, HandoffAct::NoticeReceipt, &said, &notice.to, after, counter.now, registry);
        settled.after.clone_from(&draft.body.after);
        drafts.push(draft);
    }
    (drafts, settled)
}

/// Every act that an organ could do now, as far as it does not depend on what it would say.
pub fn allowed_acts(
    handoff: &Handoff,
    by: &DepartmentId,
    now: DateTime<Utc>,
    rules: &Rules,
    registry: &Registry,
) -> Vec<HandoffAct> {
    let Ok(pack) = rules.pack(&handoff.opening.rule_pack) else { return Vec::new() };
    let expedited = handoff.opening.expedited;
    let now = now.max(handoff.updated_at);
    let counter = Counter { rules: &pack.criminal, calendar: rules.calendar(), expedited, now };
    let (_, settled) = settle(handoff, counter, registry);
    let (handoff, said, by) = (&settled, &Said::default(), By::Organ(by));
    let is_possible = |act: HandoffAct| {
        handoff.after.lanes.iter().any(|lane| {
            let Some(row) = table::row(act, lane.state) else { return false };
            let (selected, rules) = ([lane.number], &pack.criminal);
            let case = Case { handoff, lane, selected: &selected, row, said, by, now, rules, registry };
            row.by.iter().any(|role| role::plays(by, *role, &handoff.after, lane))
                && row.guards.iter().all(|guard| guard.may_hold(&case))
        })
    };
    let waits = |notice: &Notice| By::Organ(&notice.to) == by && notice.received_at.is_none();
    let has_notice = handoff.after.notices.iter().any(waits);
    HandoffAct::ALL
        .iter()
        .copied()
        .filter(|act| !act.is_internal() && is_possible(*act))
        .filter(|act| *act != HandoffAct::NoticeReceipt || has_notice)
        .collect()
}

/// The gateway reads fields; this holds for every other caller too.
fn says_what_it_must(action: &HandoffAction) -> Result<(), HandoffRefusal> {
    let missing =
        fields(action.act).iter().find(|(field, need)| *need == Need::Required && !action.said.says(*field));
    missing.map_or(Ok(()), |(field, _)| Err(HandoffRefusal::FieldMissing { act: action.act, field: *field }))
}

/// One act on its way through table and guards.
struct Desk<'a> {
    handoff: &'a Handoff,
    action: &'a HandoffAction,
    by: By<'a>,
    counter: Counter<'a>,
    registry: &'a Registry,
}

impl<'a> Desk<'a> {
    fn after(&self) -> &'a HandoffAfter {
        &self.handoff.after
    }

    /// The lanes that the act moves, each with its row. Named lanes must all be able to go; where none is named, all
    /// that can go by one row go.
    fn select(&self) -> Result<Vec<(&'a Lane, &'static Row)>, HandoffRefusal> {
        let act = self.action.act;
        let named = &self.action.said.lanes;
        let is_named = !named.is_empty() && !table::is_whole(act);
        if let Some(lane) =
            named.iter().find(|number| self.handoff.lane(**number).is_none()).filter(|_| is_named)
        {
            return Err(HandoffRefusal::LaneUnknown { lane: *lane });
        }
        let lanes: Vec<&Lane> =
            self.after().lanes.iter().filter(|lane| !is_named || named.contains(&lane.number)).collect();
        let standing: Vec<_> =
            lanes.iter().filter_map(|lane| Some((*lane, table::row(act, lane.state)?))).collect();
        if standing.is_empty() || (is_named && standing.len() < lanes.len()) {
            let stuck = lanes.iter().find(|lane| table::row(act, lane.state).is_none());
            return Err(self.out_of_turn(stuck.map_or(self.after().state, |lane| lane.state)));
        }
        let theirs: Vec<_> =
            standing.iter().copied().filter(|(lane, row)| self.is_theirs(lane, row)).collect();
        if theirs.is_empty() || (is_named && theirs.len() < standing.len()) {
            return Err(self.wrong_organ(&standing));
        }
        self.fulfilled(theirs, is_named)
    }

    fn is_theirs(&self, lane: &Lane, row: &Row) -> bool {
        row.by.iter().any(|role| role::plays(self.by, *role, self.after(), lane))
    }

    /// Those that fulfil the guards.
    fn fulfilled(
        &self,
        lanes: Vec<(&'a Lane, &'static Row)>,
        is_named: bool,
    ) -> Result<Vec<(&'a Lane, &'static Row)>, HandoffRefusal> {
        let numbers: Vec<u32> = lanes.iter().map(|(lane, _)| lane.number).collect();
        let mut first = None;
        let mut passed = Vec::new();
        for (lane, row) in lanes {
            match self.check(lane, row, &numbers) {
                Ok(()) => passed.push((lane, row)),
                Err(refusal) if is_named => return Err(refusal),
                Err(refusal) => first = first.or(Some(refusal)),
            }
        }
        let spans_rows = passed.windows(2).any(|pair| !std::ptr::eq(pair[0].1, pair[1].1));
        match (passed.is_empty(), first) {
            (true, Some(refusal)) => Err(refusal),
            _ if spans_rows && !is_named && !table::is_whole(self.action.act) => {
                Err(HandoffRefusal::LanesAmbiguous { act: self.action.act })
            }
            _ => Ok(passed),
        }
    }

    fn check(&self, lane: &Lane, row: &'static Row, selected: &[u32]) -> Result<(), HandoffRefusal> {
        let case = Case {
            handoff: self.handoff,
            lane,
            selected,
            row,
            said: &self.action.said,
            by: self.by,
            now: self.counter.now,
            rules: self.counter.rules,
            registry: self.registry,
        };
        let act = self.action.act;
        match row.guards.iter().find(|guard| !guard.holds(&case)) {
            None => Ok(()),
            Some(Guard::DecisionWhileOpen) => Err(HandoffRefusal::FineWhileOpen { state: lane.state }),
            Some(Guard::RightOpen(_)) => Err(HandoffRefusal::RightLost { act, article: row.article }),
            Some(guard) => Err(HandoffRefusal::Guard { act, guard: *guard, article: guard.article(&case) }),
        }
    }

    fn out_of_turn(&self, state: HandoffState) -> HandoffRefusal {
        let act = self.action.act;
        let is_before_dispatch = matches!(
            state,
            HandoffState::TaskForce
                | HandoffState::AwaitHead
                | HandoffState::Approved
                | HandoffState::OrderedToTransfer
        );
        if act == HandoffAct::AdministrativeDecision && is_before_dispatch {
            return HandoffRefusal::PenaltyInstead { state };
        }
        let article = table::rows().find(|row| row.act == act).map(|row| row.article);
        let article = article.unwrap_or(Article { source: Source::Policy, numbers: "" });
        HandoffRefusal::OutOfTurn { act, state, article }
    }

    fn wrong_organ(&self, standing: &[(&Lane, &'static Row)]) -> HandoffRefusal {
        let stuck = standing.iter().find(|(lane, row)| !self.is_theirs(lane, row));
        let (lane, row) = stuck.or(standing.first()).expect("a lane stands where the act can take it");
        let role = row.by.first().copied().unwrap_or(Role::System);
        let organ = role::organ(role, self.after(), lane).cloned();
        HandoffRefusal::WrongOrgan { act: self.action.act, role, organ, article: row.article }
    }

    fn carry_out(
        &self,
        selected: &[(&Lane, &'static Row)],
        other: Option<&Handoff>,
    ) -> Result<HandoffDecision, HandoffRefusal> {
        let by = match self.by {
            By::Organ(organ) => organ.clone(),
            // What casebus does by itself it does for the holder.
            By::System => self.notice_receiver().unwrap_or_else(|| {
                selected[0].0.holder.clone().unwrap_or_else(|| self.after().parties.agency.clone())
            }),
        };
        let mut said = self.resolved(selected);
        let mut state = self.handoff.clone();
        let mut drafts = self.arrive(selected, &by, &mut state);
        let mut guards = vec![(self.handoff.reference.id, self.handoff.version)];
        let mut following = None;
        if let (HandoffAct::Joining, Some(other)) = (self.action.act, other) {
            said.carried = Some(Box::new(join::brought(self.handoff, other)?));
            guards.push((other.reference.id, other.version));
            following = Some(join::end_joined(other, self.handoff.reference.id, &by, self.counter));
        } else if self.action.act == HandoffAct::Joining {
            return Err(HandoffRefusal::CannotJoin);
        }
        if self.action.act == HandoffAct::Splitting {
            said.handoff = Some(self.action.fresh);
            let numbers: Vec<u32> = selected.iter().map(|(lane, _)| lane.number).collect();
            let begun = join::split_off(
                self.handoff,
                self.action.fresh,
                &numbers,
                &by,
                self.counter,
                self.counter.now,
            );
            guards.extend(begun.guards);
            following = begun.drafts.into_iter().next();
        }
        let added = said.suspects.len() + said.carried.as_ref().map_or(0, |carried| carried.lanes.len());
        if added > 0 && state.after.lanes.len() + added > LANES_MAX {
            return Err(HandoffRefusal::TooManyLanes);
        }
        drafts.push(self.draft_of(&state, self.action.act, &said, &by));
        drafts.extend(following);
        Ok(HandoffDecision { drafts, guards, shown: self.handoff.reference.id })
    }

    /// To whom the notice is that counts as arrived.
    fn notice_receiver(&self) -> Option<DepartmentId> {
        let number = self.action.said.notice.filter(|_| self.action.act == HandoffAct::NoticeReceipt)?;
        let notice = self.after().notices.iter().find(|notice| notice.number == number)?;
        Some(notice.to.clone())
    }

    /// Who acts on a paper has it: notices to the caller whose clock the act stops have arrived now, and so has what it
    /// answers without stopping a clock.
    fn arrive(
        &self,
        selected: &[(&Lane, &'static Row)],
        by: &DepartmentId,
        state: &mut Handoff,
    ) -> Vec<HandoffDraft> {
        let shows = match self.action.act {
            HandoffAct::GoodsHandover => Some(HandoffClock::C09),
            HandoffAct::ReverseAcceptance | HandoffAct::ReverseObjection => Some(HandoffClock::C21),
            _ => None,
        };
        let stops = |code| shows == Some(code) || selected.iter().any(|(_, row)| row.stops.contains(&code));
        let concerns =
            |lanes: &[u32]| lanes.is_empty() || selected.iter().any(|(lane, _)| lanes.contains(&lane.number));
        let waiting: Vec<u32> = self
            .after()
            .notices
            .iter()
            .filter(|notice| notice.received_at.is_none() && notice.to == *by)
            .filter(|notice| stops(notice.starts) && concerns(&notice.lanes))
            .map(|notice| notice.number)
            .collect();
        let mut drafts = Vec::new();
        for number in waiting {
            let said = Said { notice: Some(number), ..Said::default() };
            let draft = self.draft_of(state, HandoffAct::NoticeReceipt, &said, by);
            state.after.clone_from(&draft.body.after);
            drafts.push(draft);
        }
        drafts
    }

    fn draft_of(&self, state: &Handoff, act: HandoffAct, said: &Said, by: &DepartmentId) -> HandoffDraft {
        let happening = Happening {
            reference: &state.reference,
            opening: &state.opening,
            act,
            said,
            by,
            counter: self.counter,
        };
        let after = apply(&state.after, &happening);
        draft(state, act, said, by, after, self.counter.now, self.registry)
    }

    /// What the act says, with its lanes, and with the organs beside the police that it names.
    fn resolved(&self, selected: &[(&Lane, &'static Row)]) -> Said {
        let mut said = self.action.said.clone();
        let is_one_run = self.action.act == HandoffAct::TimeLimitMiss;
        if !is_one_run {
            said.lanes = selected.iter().map(|(lane, _)| lane.number).collect();
        }
        let names_police = matches!(
            self.action.act,
            HandoffAct::Dispatch | HandoffAct::Redirection | HandoffAct::PoliceTransfer
        );
        if let Some(police) = said.department.clone().filter(|_| names_police) {
            let government = self.registry.government_of(&police);
            said.procuratorate =
                body_under(self.registry, government.as_ref(), DepartmentType::Procuratorate);
            said.court = body_under(self.registry, government.as_ref(), DepartmentType::Court);
        }
        said
    }
}

/// An event with its paper and its secrecy.
pub(super) fn draft(
    handoff: &Handoff,
    act: HandoffAct,
    said: &Said,
    by: &DepartmentId,
    after: HandoffAfter,
    now: DateTime<Utc>,
    registry: &Registry,
) -> HandoffDraft {
    let document = paper(handoff, act, said, by, &after, now, registry);
    let sealed = handoff.reference.sealed;
    let adds_secretly = act == HandoffAct::SuspectAddition && *by == after.parties.police;
    let is_investigative = adds_secretly || said.milestone.is_some_and(Milestone::is_investigative);
    let secrecy = match secrecy(&handoff.reference, &after) {
        Secrecy::Parties | Secrecy::Unaddressed if is_investigative => Secrecy::Judicial,
        secrecy => secrecy,
    };
    let number_series = document
        .as_ref()
        .map(|document| document_series(&document.issuer, document.kind, civil::year_of(now), sealed));
    let body = HandoffBody {
        handoff: handoff.reference.clone(),
        event: act,
        data: said.clone(),
        by: by.clone(),
        secrecy,
        document,
        after,
    };
    HandoffDraft { body, occurred_at: now, number_series }
}

/// Who may read an event beside those whom its act concerns: whether it is sealed, and whether the addressee still takes part.
pub(super) fn secrecy(reference: &HandoffRef, after: &HandoffAfter) -> Secrecy {
    if reference.sealed {
        Secrecy::Sealed
    } else if after.audience(reference).contains(&reference.to) {
        Secrecy::Parties
    } else {
        Secrecy::Unaddressed
    }
}

fn paper(
    handoff: &Handoff,
    act: HandoffAct,
    said: &Said,
    by: &DepartmentId,
    after: &HandoffAfter,
    now: DateTime<Utc>,
    registry: &Registry,
) -> Option<IssuedDocument> {
    let before = said.lanes.first().and_then(|number| handoff.lane(*number))?;
    let (kind, to) = table::row(act, before.state)?.paper?;
    let lane = after.lanes.iter().find(|lane| lane.number == before.number)?;
    // A result goes to every upstream party; the paper is addressed to the procuratorate, else to the first of them.
    let upstream = lane.feedback.as_ref().and_then(|feedback| feedback.to.first());
    let addressee = role::organ(to, after, lane).or(upstream).unwrap_or(&after.parties.agency).clone();
    // Where the registry knows several names, the first one stands in numbers.
    let first = |names: &str| names.split(" / ").next().unwrap_or_default().to_owned();
    let name = registry.department(by).map(|department| first(&department.name));
    Some(IssuedDocument {
        kind,
        issuer: by.clone(),
        issuer_name: name.unwrap_or_else(|| by.to_string()),
        addressee,
        date: civil::day_of(now),
        sha256: said.sha256(),
    })
}
