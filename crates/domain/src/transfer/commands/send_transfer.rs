//! Send 移送: a new transfer is in the log, which is to say delivered.

use crate::civil;
use crate::course::{Course, Decision};
use crate::refusal::Refusal;
use crate::rule_pack::RulePack;
use crate::rules::Rules;
use crate::transfer::commands::referrals_below;
use crate::transfer::has_room;
use crate::transfer::state::{State, Transfer};
use chrono::{DateTime, NaiveDate, Utc};
use contract::event::{
    AssistanceRequested, Link, LinkReason, Subject, TaskPurpose, Terms, TransferEvent, TransferRef,
    TransferSent,
};
use contract::ids::{DepartmentId, MatterId, TransferId};
use contract::kind::{Routing, Source, TransferKind, Urgency};
use contract::limits::RECEIVER_EVENTS_MAX;

/// Send a new transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendTransfer {
    /// A fresh id.
    pub id: TransferId,
    /// Its kind.
    pub kind: TransferKind,
    /// Sender.
    pub from: DepartmentId,
    /// Receiver.
    pub to: DepartmentId,
    /// The office between them.
    pub office: DepartmentId,
    /// How the receiver was found.
    pub routing: Routing,
    /// The subject matter by which it was found.
    pub subject_matter: Option<String>,
    /// One line.
    pub title: String,
    /// What was found.
    pub summary: String,
    /// How urgent it is.
    pub urgency: Urgency,
    /// Where it came from.
    pub source: Source,
    /// When it was found.
    pub discovered_at: Option<DateTime<Utc>>,
    /// Whom it is about, persons sealed.
    pub subjects: Vec<Subject>,
    /// The day by which a supervision task is to be done.
    pub deadline: Option<NaiveDate>,
    /// What only some transfers have.
    pub terms: Terms,
    /// The sender is the receiver of the origin, or a body hosted in it.
    pub from_receiver_of_origin: bool,
}

impl SendTransfer {
    /// Decides the sending; `origin` is the earlier transfer that the sender names.
    pub fn decide(
        &self,
        origin: Option<&Transfer>,
        now: DateTime<Utc>,
        rules: &Rules,
    ) -> Result<Decision, Refusal> {
        let matter = origin.map_or(MatterId(self.id.0), |origin| origin.reference.matter);
        let sent = self.begin(matter, origin, now, rules)?.decided();
        let Some(case) = origin.filter(|_| self.kind == TransferKind::AssistanceRequest) else {
            return Ok(sent);
        };
        has_room(case.version, RECEIVER_EVENTS_MAX)?;
        let requested = AssistanceRequested { department: self.to.clone(), request: self.id };
        let course = Course::of(case, now, rules)?;
        Ok(course.happen(TransferEvent::AssistanceRequested(requested)).decided().then(sent))
    }

    fn begin<'a>(
        &self,
        matter: MatterId,
        origin: Option<&Transfer>,
        now: DateTime<Utc>,
        rules: &'a Rules,
    ) -> Result<Course<'a>, Refusal> {
        let pack = rules.current(&self.office, now);
        self.check_against(pack)?;
        let link = origin.map(|origin| self.link(origin, rules)).transpose()?;
        if self.kind == TransferKind::AssistanceRequest && link.is_none() {
            return Err(Refusal::AssistanceNeedsCase);
        }
        let reference = TransferRef {
            id: self.id,
            kind: self.kind,
            from: self.from.clone(),
            to: self.to.clone(),
            matter,
        };
        let sent = TransferSent {
            title: self.title.clone(),
            summary: self.summary.clone(),
            urgency: self.urgency,
            source: self.source,
            discovered_at: self.discovered_at,
            subjects: self.subjects.clone(),
            subject_matter: self.subject_matter.clone(),
            routing: self.routing,
            origin: link,
            office: self.office.clone(),
            objection_allowed: self.kind != TransferKind::AssistanceRequest,
            deadline: self.deadline,
            number_year: civil::year_of(now),
            rule_pack: pack.id.clone(),
            calendar: rules.calendar().version().to_owned(),
            terms: Terms { referrals: origin.map(referrals_below).unwrap_or_default(), ..self.terms.clone() },
        };
        self.hands_nothing_on(&sent.terms)?;
        Course::begin(reference, sent, now, rules)
    }

    /// The receiver of a case referral hands the case on in no way, however long (不得再自行移送): it may inform, and ask
    /// for assistance.
    fn hands_nothing_on(&self, terms: &Terms) -> Result<(), Refusal> {
        let keeps = matches!(self.kind, TransferKind::Notice | TransferKind::AssistanceRequest);
        let above = terms.referrals.iter().find(|above| above.receiver == self.from).filter(|_| !keeps);
        above.map_or(Ok(()), |above| Err(Refusal::ReferralOnwardForbidden { transfer: above.transfer }))
    }

    /// What the pack asks for before sending: a legal review, and every required material or why it is absent.
    fn check_against(&self, pack: &RulePack) -> Result<(), Refusal> {
        if pack.legal_review.contains(&self.kind) && self.terms.legal_review.is_none() {
            return Err(Refusal::LegalReviewRequired { kind: self.kind });
        }
        let required = pack.materials.iter().filter(|rule| rule.kind == self.kind && rule.required);
        let is_named = |name: &String| self.terms.materials.iter().any(|material| material.name == *name);
        let missing: Vec<_> = required.map(|rule| rule.name.clone()).filter(|name| !is_named(name)).collect();
        if missing.is_empty() { Ok(()) } else { Err(Refusal::MaterialsMissing { names: missing }) }
    }

    /// How the new transfer follows from the origin. The receiver of a case referral may never send the case onward
    /// (不得再自行移送), it may only inform; the receiver of an open clue may where the pack lets it.
    fn link(&self, origin: &Transfer, rules: &Rules) -> Result<Link, Refusal> {
        let transfer = origin.reference.id;
        if let Some(reason) = self.own_link(origin)? {
            return Ok(Link { transfer, reason });
        }
        let reason = match (origin.reference.kind, self.kind) {
            _ if !self.from_receiver_of_origin => LinkReason::SameMatter,
            (TransferKind::CaseReferral, TransferKind::Notice) => LinkReason::Informed,
            (
                TransferKind::CaseReferral,
                TransferKind::ClueTransfer
                | TransferKind::CaseReferral
                | TransferKind::SupervisionTask
                | TransferKind::AssistanceRequest,
            ) => return Err(Refusal::ReferralOnwardForbidden { transfer }),
            (TransferKind::ClueTransfer, TransferKind::ClueTransfer | TransferKind::CaseReferral)
                if !origin.state.name().is_ended() =>
            {
                if !rules.pack(&origin.sent.rule_pack)?.onward_clue {
                    return Err(Refusal::ClueOnwardForbidden { transfer });
                }
                LinkReason::Onward
            }
            (
                TransferKind::ClueTransfer
                | TransferKind::Notice
                | TransferKind::SupervisionTask
                | TransferKind::AssistanceRequest,
                _,
            ) => LinkReason::SameMatter,
        };
        Ok(Link { transfer, reason })
    }

    /// The link of a request for assistance, which its case must carry, and of a task that looks again at what was
    /// closed.
    fn own_link(&self, origin: &Transfer) -> Result<Option<LinkReason>, Refusal> {
        if self.kind == TransferKind::AssistanceRequest {
            let is_accepted = matches!(origin.state, State::Accepted(_)) && self.from == origin.reference.to;
            return if is_accepted {
                Ok(Some(LinkReason::Assistance))
            } else {
                Err(Refusal::AssistanceNeedsCase)
            };
        }
        if self.terms.purpose == Some(TaskPurpose::Reinspection) {
            let is_closed = matches!(origin.state, State::Closed(_));
            return if is_closed {
                Ok(Some(LinkReason::Reinspection))
            } else {
                Err(Refusal::ReinspectionTooEarly)
            };
        }
        Ok(None)
    }
}

/// Sends several new transfers of one matter at once, all or none; the caller is shown the first.
pub fn send_all(commands: &[SendTransfer], now: DateTime<Utc>, rules: &Rules) -> Result<Decision, Refusal> {
    let first = commands.first().ok_or(Refusal::NobodyNamed)?;
    let matter = MatterId(first.id.0);
    let mut decision = first.begin(matter, None, now, rules)?.decided();
    for command in &commands[1..] {
        decision = command.begin(matter, None, now, rules)?.decided().then(decision);
    }
    Ok(decision)
}
