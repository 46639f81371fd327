//! Handle a case jointly 联合办理: the receiver leads, each participant owes its part, and the lead's final feedback
//! merges them.

use super::ask;
use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{JointHandlingOpened, Participant, TransferEvent};
use contract::ids::{DepartmentId, TransferId};

/// Handle a case jointly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandleJointly {
    /// Who takes part beside the lead, at least one.
    pub participants: Vec<NewParticipant>,
}

/// A department that shall take part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewParticipant {
    /// The department.
    pub department: DepartmentId,
    /// What it shall contribute.
    pub request: String,
    /// A fresh id for the request.
    pub id: TransferId,
    /// The office between the lead and it.
    pub office: DepartmentId,
}

impl HandleJointly {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let lead = &act.transfer.reference.to;
        let mut requests: Option<Decision> = None;
        for (nth, one) in self.participants.iter().enumerate() {
            let is_named_before =
                self.participants[..nth].iter().any(|earlier| earlier.department == one.department);
            if one.department == *lead || is_named_before {
                return Err(Refusal::LeadNotPossible { department: one.department.clone() });
            }
            let course = ask(act, one.id, one.department.clone(), one.office.clone(), &one.request)?;
            let asked = course.decided();
            requests = Some(match requests {
                Some(earlier) => earlier.then(asked),
                None => asked,
            });
        }
        let participant =
            |one: &NewParticipant| Participant { department: one.department.clone(), request: one.id };
        let participants = self.participants.iter().map(participant).collect();
        let opened = TransferEvent::JointHandlingOpened(JointHandlingOpened { participants });
        let opened = act.course()?.happen(opened).decided();
        Ok(match requests {
            Some(requests) => requests.then(opened),
            None => opened,
        })
    }
}
