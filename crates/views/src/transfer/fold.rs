//! What an event does to its transfer.

use super::Transfer;
use crate::Event;
use crate::rows::as_stored;
use chrono::{DateTime, Utc};
use contract::event::{Body, CaseDecided, TransferEvent, TransferSent};
use contract::state::TransferState;

impl Transfer {
    /// The transfer that this event sent, with its number.
    pub(crate) fn begin(event: &Event, number: i64, body: &Body, sent: &TransferSent) -> Self {
        let mut transfer = Self {
            id: body.transfer.id,
            number: contract::number::format(sent.number_year, number),
            number_year: sent.number_year,
            number_seq: number,
            kind: body.transfer.kind,
            state: body.after.state,
            handling: None,
            holder: None,
            from_department: body.transfer.from.clone(),
            to_department: body.transfer.to.clone(),
            office: sent.office.clone(),
            matter: body.transfer.matter,
            title: sent.title.clone(),
            summary: sent.summary.clone(),
            urgency: sent.urgency,
            source: sent.source,
            discovered_at: sent.discovered_at.map(as_stored),
            subjects: sent.subjects.clone(),
            subject_matter: sent.subject_matter.clone(),
            routing: sent.routing,
            origin_transfer: sent.origin.as_ref().map(|origin| origin.transfer),
            origin_reason: sent.origin.as_ref().map(|origin| origin.reason),
            deadline: sent.deadline,
            objection_allowed: sent.objection_allowed,
            objection_raised: false,
            contest_raised: false,
            converted: false,
            feedback_count: 0,
            final_feedback: None,
            rule_pack: sent.rule_pack.clone(),
            calendar: sent.calendar.clone(),
            sent_at: event.occurred_at,
            sent_position: event.position,
            accepted_at: None,
            last_feedback_at: None,
            due_at: None,
            version: 0,
            position: 0,
            updated_at: event.occurred_at,
            stale: false,
            facts: body.after.facts.clone(),
            terms: sent.terms.clone(),
            copies: sent.terms.copies.clone(),
            ended_at: None,
            plan_filed_at: None,
            reports: 0,
            last_report_at: None,
            decided_outcome: None,
            standard: None,
            amount_fen: None,
            earlier_penalties: None,
            meets_standard: false,
        };
        transfer.apply(event, body);
        transfer
    }

    /// Brings the transfer to where it stands after the event.
    pub(crate) fn apply(&mut self, event: &Event, body: &Body) {
        self.state = body.after.state;
        self.handling = body.after.handling;
        self.holder.clone_from(&body.after.holder);
        self.version = event.version;
        self.position = event.position;
        self.updated_at = event.occurred_at;
        self.facts.clone_from(&body.after.facts);
        let ended_at = self.ended_at.unwrap_or(event.occurred_at);
        self.ended_at = self.state.is_ended().then_some(ended_at);
        if self.state == TransferState::Accepted && self.accepted_at.is_none() {
            self.accepted_at = Some(event.occurred_at);
        }
        self.note(&body.event, event.occurred_at);
    }

    /// What the event leaves behind beside what holds after it.
    fn note(&mut self, event: &TransferEvent, occurred_at: DateTime<Utc>) {
        match event {
            TransferEvent::Objected(_) => self.objection_raised = true,
            TransferEvent::FeedbackContested(_) => self.contest_raised = true,
            TransferEvent::Converted(_) => self.converted = true,
            TransferEvent::InterimFeedbackGiven(given) => {
                self.feedback_count = given.feedback;
                self.last_feedback_at = Some(occurred_at);
            }
            TransferEvent::FinalFeedbackGiven(given) => {
                self.feedback_count = given.feedback;
                self.final_feedback = Some(given.feedback);
                self.last_feedback_at = Some(occurred_at);
            }
            TransferEvent::CaseDecided(decided) => self.decide(decided),
            TransferEvent::PlanFiled(_) => {
                self.plan_filed_at = self.plan_filed_at.or(Some(occurred_at));
            }
            TransferEvent::ProgressReported(_) => {
                self.reports += 1;
                self.last_report_at = Some(occurred_at);
            }
            TransferEvent::Sent(_)
            | TransferEvent::Signed
            | TransferEvent::Read
            | TransferEvent::Accepted
            | TransferEvent::SupplementRequested(_)
            | TransferEvent::SupplementSupplied(_)
            | TransferEvent::ObjectionAgreed(_)
            | TransferEvent::Disputed(_)
            | TransferEvent::DisputePositionTaken(_)
            | TransferEvent::DisputeAgreed(_)
            | TransferEvent::DisputeSubmitted(_)
            | TransferEvent::JurisdictionDesignated(_)
            | TransferEvent::CaseFiled(_)
            | TransferEvent::CaseNotFiled(_)
            | TransferEvent::FeedbackConfirmed(_)
            | TransferEvent::ContestRuled(_)
            | TransferEvent::Resent(_)
            | TransferEvent::Kept(_)
            | TransferEvent::Withdrawn(_)
            | TransferEvent::Closed(_)
            | TransferEvent::TimeLimitMissed(_)
            | TransferEvent::TimeLimitWarned(_)
            | TransferEvent::ClocksRecalculated(_)
            | TransferEvent::Suspended(_)
            | TransferEvent::Resumed(_)
            | TransferEvent::ExtensionRequested(_)
            | TransferEvent::ExtensionGranted(_)
            | TransferEvent::ExtensionRefused(_)
            | TransferEvent::LatenessExplained(_)
            | TransferEvent::Urged(_)
            | TransferEvent::UrgeReplied(_)
            | TransferEvent::Supervised(_)
            | TransferEvent::Escalated(_)
            | TransferEvent::MeetingDecided(_)
            | TransferEvent::FailureAcknowledged(_)
            | TransferEvent::RoutingConfirmed(_)
            | TransferEvent::Reopened(_)
            | TransferEvent::AssistanceRequested(_)
            | TransferEvent::AssistanceReplied(_)
            | TransferEvent::AssistanceEnded(_)
            | TransferEvent::CrimeFound(_)
            | TransferEvent::CriminalOutcomeArrived(_)
            | TransferEvent::JointHandlingOpened(_)
            | TransferEvent::AssignedInternally(_) => {}
        }
    }

    fn decide(&mut self, decided: &CaseDecided) {
        self.decided_outcome = Some(decided.outcome);
        self.standard.clone_from(&decided.standard);
        self.amount_fen = decided.amount_fen;
        self.earlier_penalties = decided.earlier_penalties;
        self.meets_standard = decided.meets_standard;
    }
}
