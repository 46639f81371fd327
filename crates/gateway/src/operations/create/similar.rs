//! Similar open transfers are shown before another one is sent: about the same organisation and the same matter, sent in
//! the last thirty days, fifty at most. The sender goes on by naming them.

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
use views::transfer::ListedTransfer;

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
/// Answers those that it has named.
pub(super) async fn check(
    writing: &Writing,
    kind: TransferKind,
    new: &NewTransfer,
    to: &DepartmentId,
    registry: &Registry,
) -> Result<Vec<TransferId>, Problem> {
    let codes = new.subjects.iter().filter_map(|subject| subject.uscc.as_ref());
    let codes: Vec<_> = codes.map(ToString::to_string).collect();
    if !is_compared(kind) || codes.is_empty() {
        return Ok(Vec::new());
    }
    let views = &writing.app.views;
    writing.app.freshness.wait(views).await?;
    // What the sender received as a case referral and sends on is that case, whoever gets it, unless it says on record
    // that it is not.
    let own = &writing.caller.department;
    let receivers = registry.all().filter(|department| registry.counts_as(&department.id, own));
    let receivers: Vec<_> = receivers.map(|department| department.id.to_string()).collect();
    let received = views.received_referrals(&receivers, &codes).await?;
    if let Some(transfer) = received.iter().copied().find(|id| !new.in_spite_of.contains(id)) {
        return Err(CommandError::Refused(Refusal::ReferralOnwardForbidden { transfer }).into());
    }
    let visibility = visibility(&writing.caller, registry);
    let since = writing.request.now - TimeDelta::days(DAYS);
    let found = views.similar_open(&visibility, &codes, new.subject_matter.as_deref(), to, since).await?;
    let (named, unnamed): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|transfer| new.in_spite_of.contains(&transfer.id));
    if unnamed.is_empty() {
        let named = named.into_iter().map(|transfer| transfer.id).filter(|id| !received.contains(id));
        return Ok(named.chain(received.iter().copied()).collect());
    }
    let similar: Vec<_> = unnamed.into_iter().map(answer).collect();
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

fn answer(transfer: ListedTransfer) -> SimilarAnswer {
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
