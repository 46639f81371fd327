//! The papers that the steps of a handoff produced.

use crate::{Event, Views, ViewsError};
use chrono::NaiveDate;
use contract::handoff::{DocumentKind, HandoffBody, document_number};
use contract::ids::{DepartmentId, HandoffId};
use serde::{Deserialize, Serialize};

/// A paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffDocument {
    /// The handoff.
    pub handoff_id: HandoffId,
    /// Version of the handoff after the step.
    pub version: i64,
    /// Its kind.
    pub kind: DocumentKind,
    /// Its number in its official form.
    pub number: String,
    /// Who issued it.
    pub issuer: DepartmentId,
    /// To whom.
    pub addressee: DepartmentId,
    /// Its date.
    pub issued_on: NaiveDate,
    /// SHA-256 of what it says.
    pub sha256: String,
}

/// The paper of an event, under the number that the log allotted.
pub(crate) fn of(event: &Event, body: &HandoffBody) -> Option<HandoffDocument> {
    let document = body.document.as_ref()?;
    let year = chrono::Datelike::year(&document.date);
    Some(HandoffDocument {
        handoff_id: body.handoff.id,
        version: event.version,
        kind: document.kind,
        number: document_number(&document.issuer_name, document.kind, year, event.number.unwrap_or(0)),
        issuer: document.issuer.clone(),
        addressee: document.addressee.clone(),
        issued_on: document.date,
        sha256: document.sha256.clone(),
    })
}

impl Views {
    /// The papers of a handoff, in order; whether the caller may see the handoff is asked before.
    pub async fn documents_of(&self, id: HandoffId) -> Result<Vec<HandoffDocument>, ViewsError> {
        let query = sqlx::query_scalar!(
            "select to_jsonb(d) as row from views_1.handoff_document d where d.handoff_id = $1 order by d.version",
            id.0
        );
        Ok(crate::rows::fetch(&self.pool, query).await?)
    }

    /// To which version the views have come with a handoff; zero while they do not know it.
    pub async fn handoff_version(&self, id: HandoffId) -> Result<i64, ViewsError> {
        let query = sqlx::query_scalar!(
            "select to_jsonb(h.version) as row from views_1.handoff h where h.id = $1",
            id.0
        );
        Ok(crate::rows::fetch(&self.pool, query).await?.pop().unwrap_or(0))
    }
}
