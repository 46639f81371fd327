//! Begin a transfer that follows from another: same matter, same content, linked.

use crate::civil;
use crate::command::Act;
use crate::course::Course;
use crate::refusal::Refusal;
use contract::event::{Link, LinkReason, TransferRef, TransferSent};
use contract::ids::{DepartmentId, TransferId};
use contract::kind::{Routing, TransferKind};

/// The linked transfer's course, after it was sent.
pub(crate) fn link<'a>(
    act: &Act<'a>,
    id: TransferId,
    kind: TransferKind,
    to: DepartmentId,
    office: DepartmentId,
    reason: LinkReason,
) -> Result<Course<'a>, Refusal> {
    let from = &act.transfer.reference;
    let now = act.now.max(act.transfer.updated_at);
    // Who was designated, made the clue itself, or has objected to this before, may not object.
    let may_object = reason != LinkReason::Designated && reason != LinkReason::Converted && to != from.to;
    let reference = TransferRef { id, kind, from: from.from.clone(), to, matter: from.matter };
    let sent = TransferSent {
        routing: Routing::Named,
        subject_matter: None,
        origin: Some(Link { transfer: from.id, reason }),
        office,
        objection_allowed: may_object,
        number_year: civil::year_of(now),
        rule_pack: act.rules.current(now).id.clone(),
        calendar: act.rules.calendar().version().to_owned(),
        ..act.transfer.sent.clone()
    };
    Course::begin(reference, sent, now, act.rules)
}
