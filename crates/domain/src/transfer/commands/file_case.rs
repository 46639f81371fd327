//! Decide whether a case is filed 立案 or not 不予立案.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use contract::event::{CaseFiled, CaseNotFiled, TransferEvent};

/// Decide whether a case is filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileCase {
    /// 立案.
    Filed {
        /// The receiver's own case number.
        case_number: Option<String>,
    },
    /// 不予立案.
    NotFiled {
        /// Why not.
        reason: String,
    },
}

impl FileCase {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let event = match self {
            Self::Filed { case_number } => {
                TransferEvent::CaseFiled(CaseFiled { case_number: case_number.clone() })
            }
            Self::NotFiled { reason } => TransferEvent::CaseNotFiled(CaseNotFiled { reason: reason.clone() }),
        };
        Ok(act.course()?.happen(event).decided())
    }
}
