//! Parts of a handoff whose moments an answer shows in civil time; in events they are in UTC.

use crate::civil_time::civil_text;
use contract::handoff::{HandoffClock, LaneFeedback, Notice, OpenConsultation, Reverse};
use contract::ids::DepartmentId;
use serde::Serialize;
use utoipa::ToSchema;

/// A paper whose arrival starts a clock.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoffNotice)]
pub(super) struct NoticeAnswer {
    /// Its number within the handoff: 1, 2, 3, …
    number: u32,
    /// The clocks that its arrival starts.
    starts: HandoffClock,
    /// In which lanes; absent for the handoff as a whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lanes: Vec<u32>,
    /// Who must confirm its arrival.
    to: DepartmentId,
    /// When it was served.
    #[schema(format = DateTime)]
    served_at: String,
    /// When it counts as arrived where nobody confirms it.
    #[schema(format = DateTime)]
    deemed_at: String,
    /// When it arrived; absent until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    received_at: Option<String>,
}

/// A consultation 会商 that has not ended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoffConsultation)]
pub(super) struct ConsultationAnswer {
    /// Who is consulted.
    with: DepartmentId,
    /// Since when.
    #[schema(format = DateTime)]
    opened_at: String,
}

/// A reverse handoff 反向移送 of one lane.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoffReverse)]
pub(super) struct ReverseAnswer {
    /// Who handed it back.
    issuer: DepartmentId,
    /// The administrative organ to which it goes.
    addressee: DepartmentId,
    /// When.
    #[schema(format = DateTime)]
    sent_at: String,
    /// The addressee was named in a dispute and may not object; absent where that is not so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    binding: bool,
    /// The organ that the addressee proposed instead; absent: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed: Option<DepartmentId>,
}

/// The result that was given to the upstream parties.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoffFeedback)]
pub(super) struct LaneFeedbackAnswer {
    /// When.
    #[schema(format = DateTime)]
    given_at: String,
    /// Who gave it.
    by: DepartmentId,
    /// Every upstream party.
    to: Vec<DepartmentId>,
    /// Those that have confirmed it; absent while there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    confirmed: Vec<DepartmentId>,
}

impl From<&Notice> for NoticeAnswer {
    fn from(notice: &Notice) -> Self {
        let Notice { number, starts, lanes, to, served_at, deemed_at, received_at } = notice.clone();
        let [served_at, deemed_at] = [served_at, deemed_at].map(civil_text);
        Self { number, starts, lanes, to, served_at, deemed_at, received_at: received_at.map(civil_text) }
    }
}

impl From<&OpenConsultation> for ConsultationAnswer {
    fn from(consultation: &OpenConsultation) -> Self {
        let OpenConsultation { with, opened_at } = consultation.clone();
        Self { with, opened_at: civil_text(opened_at) }
    }
}

impl From<&Reverse> for ReverseAnswer {
    fn from(reverse: &Reverse) -> Self {
        let Reverse { issuer, addressee, sent_at, binding, proposed } = reverse.clone();
        Self { issuer, addressee, sent_at: civil_text(sent_at), binding, proposed }
    }
}

impl From<&LaneFeedback> for LaneFeedbackAnswer {
    fn from(feedback: &LaneFeedback) -> Self {
        let LaneFeedback { given_at, by, to, confirmed } = feedback.clone();
        Self { given_at: civil_text(given_at), by, to, confirmed }
    }
}
