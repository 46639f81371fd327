//! Send 移送: a new transfer is in the log, which is to say delivered.

use crate::civil;
use crate::course::{Course, Decision};
use crate::refusal::Refusal;
use crate::rules::Rules;
use crate::transfer::state::Transfer;
use chrono::{DateTime, NaiveDate, Utc};
use contract::event::{Link, LinkReason, Subject, TransferRef, TransferSent};
use contract::ids::{DepartmentId, MatterId, TransferId};
use contract::kind::{Routing, Source, TransferKind, Urgency};

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
        let link = origin.map(|origin| self.link(origin, rules)).transpose()?;
        let matter = origin.map_or(MatterId(self.id.0), |origin| origin.reference.matter);
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
            objection_allowed: true,
            deadline: self.deadline,
            number_year: civil::year_of(now),
            rule_pack: rules.current(now).id.clone(),
            calendar: rules.calendar().version().to_owned(),
        };
        Ok(Course::begin(reference, sent, now, rules)?.decided())
    }

    /// How the new transfer follows from the origin. The receiver of a case referral may never send the case onward
    /// (不得再自行移送), it may only inform; the receiver of an open clue may where the pack lets it.
    fn link(&self, origin: &Transfer, rules: &Rules) -> Result<Link, Refusal> {
        let transfer = origin.reference.id;
        let reason = match (origin.reference.kind, self.kind) {
            _ if !self.from_receiver_of_origin => LinkReason::SameMatter,
            (TransferKind::CaseReferral, TransferKind::Notice) => LinkReason::Informed,
            (
                TransferKind::CaseReferral,
                TransferKind::ClueTransfer | TransferKind::CaseReferral | TransferKind::SupervisionTask,
            ) => return Err(Refusal::ReferralOnwardForbidden { transfer }),
            (TransferKind::ClueTransfer, TransferKind::ClueTransfer | TransferKind::CaseReferral)
                if !origin.state.name().is_ended() =>
            {
                if !rules.pack(&origin.sent.rule_pack)?.onward_clue {
                    return Err(Refusal::ClueOnwardForbidden { transfer });
                }
                LinkReason::Onward
            }
            (TransferKind::ClueTransfer | TransferKind::Notice | TransferKind::SupervisionTask, _) => {
                LinkReason::SameMatter
            }
        };
        Ok(Link { transfer, reason })
    }
}
