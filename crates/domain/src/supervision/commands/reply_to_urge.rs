//! Reply to an urging or a supervision 答复催办: why it is late, and by when it will be done.

use crate::command::Act;
use crate::course::Decision;
use crate::refusal::Refusal;
use chrono::NaiveDate;
use contract::event::{TransferEvent, UrgeReplied};

/// Reply to an urging or a supervision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyToUrge {
    /// Why it is late, and what is being done.
    pub text: String,
    /// By when it will be done.
    pub expected_on: Option<NaiveDate>,
}

impl ReplyToUrge {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let (department, text) = (act.by.clone(), self.text.clone());
        let replied = UrgeReplied { department, text, expected_on: self.expected_on };
        Ok(act.course()?.happen(TransferEvent::UrgeReplied(replied)).decided())
    }
}
