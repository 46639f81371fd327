//! What a coordination meeting decides 会议决定: who leads, until when a clock runs, or that the transfer is closed.

use crate::assistance::commands::end_request;
use crate::civil;
use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use crate::transfer::commands::link;
use chrono::NaiveDate;
use contract::clock::{ClockCode, MissedCause};
use contract::event::{
    CloseReason, Closed, LinkReason, MeetingDecided, MeetingDecision, TimeLimitMissed, TransferEvent,
};
use contract::ids::{DepartmentId, TransferId};

/// What a coordination meeting decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecideInMeeting {
    /// The number of the minutes.
    pub minutes: String,
    /// Why.
    pub reason: String,
    /// What.
    pub resolution: Resolution,
}

/// The content of the decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// This department leads; it has the transfer signed and accepted at once.
    FixLead {
        /// The department.
        department: DepartmentId,
        /// A fresh id for the linked transfer, should there be one.
        id: TransferId,
        /// The office between the first sender and that department.
        office: DepartmentId,
    },
    /// A clock runs to the end of a day.
    Extend {
        /// Which clock.
        code: ClockCode,
        /// The last day.
        until: NaiveDate,
    },
    /// The transfer is closed.
    Close,
}

impl DecideInMeeting {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        match &self.resolution {
            Resolution::FixLead { department, id, office } => self.fix_lead(act, department, *id, office),
            Resolution::Extend { code, until } => self.extend(act, *code, *until),
            Resolution::Close => {
                let closed = TransferEvent::Closed(Closed { reason: CloseReason::MeetingDecided });
                let course = act.course()?.happen(self.event(MeetingDecision::Close)).happen(closed);
                end_request(act, course.decided())
            }
        }
    }

    fn event(&self, decision: MeetingDecision) -> TransferEvent {
        let (minutes, reason) = (self.minutes.clone(), self.reason.clone());
        TransferEvent::MeetingDecided(MeetingDecided { minutes, decision, reason })
    }

    fn fix_lead(
        &self,
        act: &Act<'_>,
        department: &DepartmentId,
        id: TransferId,
        office: &DepartmentId,
    ) -> Result<Decision, Refusal> {
        let reference = &act.transfer.reference;
        if *department == reference.from || !is_case(act) {
            return Err(Refusal::LeadNotPossible { department: department.clone() });
        }
        let stays = *department == reference.to;
        let rerouted_to = (!stays).then_some(id);
        let fixed = self.event(MeetingDecision::FixLead { department: department.clone(), rerouted_to });
        let course = act.course()?.happen(fixed);
        if stays {
            // What was not accepted yet is accepted with it, as after a designation.
            let is_accepted = course.transfer().state.handling().is_some();
            let course = if is_accepted { course } else { course.happen(TransferEvent::Accepted) };
            return Ok(course.decided());
        }
        let to = department.clone();
        let linked = link(act, id, reference.kind, to, office.clone(), LinkReason::Designated)?
            .happen(TransferEvent::Signed)
            .happen(TransferEvent::Accepted);
        Ok(course.decided_with(linked))
    }

    fn extend(&self, act: &Act<'_>, code: ClockCode, until: NaiveDate) -> Result<Decision, Refusal> {
        // The office does not give itself more time.
        let clock = act.transfer.open_clock(code).filter(|clock| clock.owner != *act.by);
        let clock = clock.ok_or(Refusal::ClockNotRunning { code })?;
        let is_over = civil::end_of(until) <= act.now;
        let is_no_gain = clock.due_at.is_some_and(|due_at| civil::end_of(until) <= due_at);
        if is_over || is_no_gain {
            return Err(Refusal::ExtensionDay { code });
        }
        // What has run out gets time, too, and stays missed: that is put on record before, if the watch has not yet.
        let mut course = act.course()?;
        if let Some(due_at) = clock.due_at.filter(|_| clock.ran_out(act.now) && !clock.missed) {
            let (run, owner, cause) = (clock.run, clock.owner.clone(), MissedCause::Idle);
            let missed = TimeLimitMissed { code, run, owner, due_at, cause };
            course = course.happen(TransferEvent::TimeLimitMissed(missed));
        }
        let extended = self.event(MeetingDecision::Extend { code, run: clock.run, until });
        Ok(course.happen(extended).decided())
    }
}

fn is_case(act: &Act<'_>) -> bool {
    use contract::kind::TransferKind;
    match act.transfer.reference.kind {
        TransferKind::ClueTransfer | TransferKind::CaseReferral => true,
        TransferKind::Notice | TransferKind::SupervisionTask | TransferKind::AssistanceRequest => false,
    }
}
