//! What only some transfers have, in an answer; the reporter is opened for the sender only.

use crate::app::App;
use crate::problem::Problem;
use contract::event::{DueDate, LegalReview, Material, Reporter, TaskPurpose, Terms};
use contract::ids::{DepartmentId, TransferId};
use serde::Serialize;
use utoipa::ToSchema;

/// The field under which a reporter's name is sealed.
pub(crate) const REPORTER_NAME: &str = "reporter_name";
/// The field under which the way to reach a reporter is sealed.
pub(crate) const REPORTER_CONTACT: &str = "reporter_contact";

/// What only some transfers have.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = TransferTerms)]
pub(crate) struct TermsAnswer {
    /// Who takes the final answer, where it is not the sender.
    pub(crate) approver: Option<DepartmentId>,
    /// What a supervision task is for.
    pub(crate) purpose: Option<TaskPurpose>,
    /// The measures 整改措施 that a task asks for.
    pub(crate) measures: Vec<String>,
    /// The task's own dates, in order.
    pub(crate) due_dates: Vec<DueDate>,
    /// The legal review 法制审核 that came before it.
    pub(crate) legal_review: Option<LegalReview>,
    /// The materials of the checklist, present or absent with a reason.
    pub(crate) materials: Vec<Material>,
    /// Who gets a copy 抄送 by the rule pack.
    pub(crate) copies: Vec<DepartmentId>,
    /// Whom the office may choose from, where no row of the matrix may route.
    pub(crate) candidates: Vec<DepartmentId>,
    /// Similar open transfers in spite of which it was sent.
    pub(crate) in_spite_of: Vec<TransferId>,
    /// Who reported it 举报人; `null` for everybody but the sender, and when the reporter's key was destroyed.
    pub(crate) reporter: Option<ReporterAnswer>,
}

/// Who reported it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = TransferReporter)]
pub(crate) struct ReporterAnswer {
    /// The name.
    pub(crate) name: String,
    /// How the reporter can be reached.
    pub(crate) contact: Option<String>,
}

impl TermsAnswer {
    /// The terms as they are shown.
    pub(crate) async fn of(app: &App, terms: Terms, for_sender: bool) -> Result<Self, Problem> {
        let reporter = match &terms.reporter {
            Some(reporter) if for_sender => opened(app, reporter).await?,
            Some(_) | None => None,
        };
        Ok(Self {
            approver: terms.approver,
            purpose: terms.purpose,
            measures: terms.measures,
            due_dates: terms.due_dates,
            legal_review: terms.legal_review,
            materials: terms.materials,
            copies: terms.copies,
            candidates: terms.candidates,
            in_spite_of: terms.in_spite_of,
            reporter,
        })
    }
}

async fn opened(app: &App, reporter: &Reporter) -> Result<Option<ReporterAnswer>, Problem> {
    let name = std::iter::once((&reporter.name, REPORTER_NAME));
    let contact = reporter.contact.iter().map(|contact| (contact, REPORTER_CONTACT));
    let values: Vec<_> = name.chain(contact).collect();
    let mut opened = app.accounts.open_all(&values).await?.into_iter();
    let name = opened.next().flatten();
    let contact = opened.next().flatten();
    Ok(name.map(|name| ReporterAnswer { name, contact }))
}
