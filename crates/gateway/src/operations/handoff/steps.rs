//! The steps of a handoff that a paper needs: few, however many the handoff has.

use crate::problem::Problem;
use contract::handoff::{HandoffAct, HandoffBody};
use contract::ids::HandoffId;
use contract::problem::ProblemCode;
use documents::PaperKind;
use views::Views;
use views::timeline::TimelineEvent;

/// How many steps are read at once where an earlier one is looked for; each may have 256 KiB.
const READ_AT_ONCE: i64 = 16;

/// The steps that a paper needs.
pub(super) struct Steps {
    /// The step that made the paper.
    pub(super) step: HandoffBody,
    /// The one before it.
    pub(super) before: Option<HandoffBody>,
    /// Why: of a notice, the reasons of the decision that it tells (310号 art. 8).
    pub(super) reason: Option<String>,
}

impl Steps {
    /// Reads the steps for the paper of a version.
    pub(super) async fn read(
        views: &Views,
        id: HandoffId,
        kind: PaperKind,
        version: i64,
    ) -> Result<Self, Problem> {
        let mut last = views.last_handoff_events(id, version, 2).await?.into_iter();
        // Folded with the paper, in one transaction.
        let step = last.next().filter(|event| event.version == version);
        let step = body(&step.ok_or_else(|| Problem::new(ProblemCode::ServiceInternal))?)?;
        let before = last.next().as_ref().map(body).transpose()?;
        let reason = if kind == PaperKind::NonFilingNotice {
            reason_told(views, id, &step, version - 1).await?
        } else {
            step.data.reason.clone()
        };
        Ok(Self { step, before, reason })
    }
}

/// The reason of the last decision up to a version that a notice tells.
async fn reason_told(
    views: &Views,
    id: HandoffId,
    notice: &HandoffBody,
    mut up_to: i64,
) -> Result<Option<String>, Problem> {
    loop {
        let events = views.last_handoff_events(id, up_to, READ_AT_ONCE).await?;
        for event in &events {
            let step = body(event)?;
            if is_told(&step, notice) {
                return Ok(step.data.reason);
            }
        }
        let Some(first) = events.last() else { return Ok(None) };
        up_to = first.version - 1;
    }
}

fn is_told(step: &HandoffBody, notice: &HandoffBody) -> bool {
    let concerns = |lane| notice.data.lanes.contains(lane);
    step.event == HandoffAct::NonFiling && step.data.lanes.iter().any(concerns)
}

fn body(event: &TimelineEvent) -> Result<HandoffBody, Problem> {
    let body = HandoffBody::decode(event.schema_version, &event.body);
    body.map_err(|error| Problem::new(ProblemCode::ServiceInternal).caused_by(error))
}
