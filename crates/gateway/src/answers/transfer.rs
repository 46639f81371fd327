//! A transfer as one caller sees it: the same shape from writes and from reads.

use super::clock::ClockAnswer;
use super::facts::FactsAnswer;
use super::feedback::FeedbackAnswer;
use super::subject::SubjectAnswer;
use super::terms::TermsAnswer;
use chrono::NaiveDate;
use contract::action::Action;
use contract::event::Link;
use contract::ids::{DepartmentId, MatterId, TransferId};
use contract::kind::{Routing, Source, TransferKind, Urgency};
use contract::state::{Handling, TransferState};
use serde::Serialize;
use utoipa::ToSchema;

/// A transfer 移送 as the caller sees it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Transfer)]
pub(crate) struct TransferAnswer {
    /// Id.
    pub(crate) id: TransferId,
    /// Number as people write it: dense per sender and civil year.
    #[schema(example = "移〔2026〕000123号")]
    pub(crate) number: String,
    /// Kind.
    pub(crate) kind: TransferKind,
    /// State.
    pub(crate) state: TransferState,
    /// How far the handling of an accepted transfer has come.
    pub(crate) handling: Option<Handling>,
    /// The one department that owes the next step 承办方; `null` once nobody does.
    pub(crate) holder: Option<DepartmentId>,
    /// Its name.
    pub(crate) holder_name: Option<String>,
    /// Sender.
    pub(crate) from: DepartmentId,
    /// Its name.
    pub(crate) from_name: String,
    /// Receiver; never changes.
    pub(crate) to: DepartmentId,
    /// Its name.
    pub(crate) to_name: String,
    /// Coordination office that rules between the two.
    pub(crate) office: DepartmentId,
    /// One line that says what it is about.
    pub(crate) title: String,
    /// What was found.
    pub(crate) summary: String,
    /// How urgent it is.
    pub(crate) urgency: Urgency,
    /// Where it came from.
    pub(crate) source: Source,
    /// When the sender found it.
    #[schema(format = DateTime)]
    pub(crate) discovered_at: Option<String>,
    /// Whom it is about.
    pub(crate) subjects: Vec<SubjectAnswer>,
    /// Subject matter of the responsibility matrix, when the matrix was asked.
    pub(crate) subject_matter: Option<String>,
    /// How the receiver was found.
    pub(crate) routing: Routing,
    /// The earlier transfer that it follows from.
    pub(crate) origin: Option<Link>,
    /// The day by which a supervision task is to be done.
    pub(crate) deadline: Option<NaiveDate>,
    /// Matter: the chain of transfers that grew from one origin.
    pub(crate) matter: MatterId,
    /// Clocks, in the order in which they began.
    pub(crate) clocks: Vec<ClockAnswer>,
    /// Feedback, in order.
    pub(crate) feedback: Vec<FeedbackAnswer>,
    /// Rule pack that it keeps for life.
    pub(crate) rule_pack: String,
    /// Version: how many events it has; the entity tag is `"v<version>"`.
    pub(crate) version: i64,
    /// Log position of its last event.
    pub(crate) position: i64,
    /// When it was sent, which is when it was delivered.
    #[schema(format = DateTime)]
    pub(crate) sent_at: String,
    /// When something last happened to it.
    #[schema(format = DateTime)]
    pub(crate) updated_at: String,
    /// An event could not be folded into the read model; this is the state before it.
    pub(crate) stale: bool,
    /// A duty is owed whose due moment has come.
    pub(crate) overdue: bool,
    /// What only some transfers have.
    #[serde(flatten)]
    pub(crate) terms: TermsAnswer,
    /// What beside the state decides who may do what.
    #[serde(flatten)]
    pub(crate) facts: FactsAnswer,
    /// What the caller may do now: names of acts, which are also the last words of their routes.
    pub(crate) allowed_actions: Vec<Action>,
}
