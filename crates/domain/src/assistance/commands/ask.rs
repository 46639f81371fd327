//! Begin a request for assistance or for a part of a joint handling: from the receiver of a case to another department.

use crate::civil;
use crate::command::Act;
use crate::course::Course;
use crate::refusal::Refusal;
use crate::transfer::commands::referrals_below;
use contract::event::{Link, LinkReason, Terms, TransferRef, TransferSent};
use contract::ids::{DepartmentId, TransferId};
use contract::kind::{Routing, Source, TransferKind};

/// The request's course, after it was sent.
pub(crate) fn ask<'a>(
    act: &Act<'a>,
    id: TransferId,
    to: DepartmentId,
    office: DepartmentId,
    request: &str,
) -> Result<Course<'a>, Refusal> {
    let case = &act.transfer.reference;
    let now = act.now.max(act.transfer.updated_at);
    let reference = TransferRef {
        id,
        kind: TransferKind::AssistanceRequest,
        from: case.to.clone(),
        to,
        matter: case.matter,
    };
    let sent = TransferSent {
        summary: request.to_owned(),
        source: Source::OtherDepartment,
        routing: Routing::Named,
        subject_matter: None,
        origin: Some(Link { transfer: case.id, reason: LinkReason::Joint }),
        objection_allowed: false,
        deadline: None,
        number_year: civil::year_of(now),
        rule_pack: act.rules.current(&office, now).id.clone(),
        calendar: act.rules.calendar().version().to_owned(),
        office,
        terms: Terms { referrals: referrals_below(act.transfer), ..Terms::default() },
        ..act.transfer.sent.clone()
    };
    Course::begin(reference, sent, now, act.rules)
}
