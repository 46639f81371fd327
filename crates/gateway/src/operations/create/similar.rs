//! Similar open transfers are shown before another one is sent: about the same organisation and the same matter, sent in
//! the last thirty days. The sender goes on by naming them.

use super::NewTransfer;
use crate::civil_time::civil_text;
use crate::problem::Problem;
use crate::visibility::visibility;
use crate::writing::Writing;
use chrono::TimeDelta;
use command::CommandError;
use contract::ids::{DepartmentId, TransferId};
use contract::kind::TransferKind;
use contract::problem::ProblemCode;
use domain::Refusal;
use domain::registry::Registry;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use views::transfer::Transfer;

/// How far back a similar transfer was sent.
const DAYS: i64 = 30;

/// A similar open transfer.
#[derive(Serialize, ToSchema)]
pub(crate) struct SimilarAnswer {
    /// The transfer.
    id: TransferId,
    /// Its number as people write it.
    number: String,
    /// What it is about.
    title: String,
    /// Sender.
    from: DepartmentId,
    /// Receiver.
    to: DepartmentId,
    /// When it was sent.
    #[schema(format = DateTime)]
    sent_at: String,
    /// State.
    state: contract::state::TransferState,
}

/// Refuses a transfer to which similar ones are open that its sender has not named, as far as the sender may see them.
pub(super) async fn check(
    writing: &Writing,
    kind: TransferKind,
    new: &NewTransfer,
    to: &DepartmentId,
    registry: &Registry,
) -> Result<(), Problem> {
    let codes = new.subjects.iter().filter_map(|subject| subject.uscc.as_ref());
    let codes: Vec<_> = codes.map(ToString::to_string).collect();
    if !is_compared(kind) || codes.is_empty() {
        return Ok(());
    }
    let views = &writing.app.views;
    writing.app.freshness.wait(views).await?;
    let visibility = visibility(&writing.caller, registry);
    let since = writing.request.now - TimeDelta::days(DAYS);
    let found = views.similar_open(&visibility, &codes, new.subject_matter.as_deref(), to, since).await?;
    // What the sender received as a case referral and sends under the same matter is that case, named or not.
    let own = &writing.caller.department;
    let is_received_case = |transfer: &&Transfer| {
        transfer.kind == TransferKind::CaseReferral && registry.counts_as(&transfer.to_department, own)
    };
    if let Some(case) = found.iter().find(is_received_case) {
        let refusal = Refusal::ReferralOnwardForbidden { transfer: case.id };
        return Err(CommandError::Refused(refusal).into());
    }
    let unnamed = found
        .into_iter()
        .filter(|transfer| is_compared(transfer.kind) && !new.in_spite_of.contains(&transfer.id));
    let similar: Vec<_> = unnamed.map(answer).collect();
    if similar.is_empty() {
        return Ok(());
    }
    let similar = serde_json::to_value(similar).unwrap_or(Value::Null);
    Err(Problem::new(ProblemCode::TransferSimilarOpen).with("similar", similar))
}

/// Whether a kind is compared: of tasks, notices and requests a second one harms nobody.
const fn is_compared(kind: TransferKind) -> bool {
    match kind {
        TransferKind::ClueTransfer | TransferKind::CaseReferral => true,
        TransferKind::Notice | TransferKind::SupervisionTask | TransferKind::AssistanceRequest => false,
    }
}

fn answer(transfer: Transfer) -> SimilarAnswer {
    SimilarAnswer {
        id: transfer.id,
        number: transfer.number,
        title: transfer.title,
        from: transfer.from_department,
        to: transfer.to_department,
        sent_at: civil_text(transfer.sent_at),
        state: transfer.state,
    }
}
