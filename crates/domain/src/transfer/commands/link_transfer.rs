//! Begin a transfer that follows from another: same matter, same content, linked.

use crate::civil;
use crate::command::Act;
use crate::course::Course;
use crate::refusal::Refusal;
use crate::transfer::state::Transfer;
use contract::event::{Link, LinkReason, ReferralAbove, Terms, TransferRef, TransferSent};
use contract::ids::{DepartmentId, TransferId};
use contract::kind::{Routing, TransferKind};

/// The case referrals from which a transfer grows that follows from this one.
pub(crate) fn referrals_below(transfer: &Transfer) -> Vec<ReferralAbove> {
    let mut referrals = transfer.sent.terms.referrals.clone();
    if transfer.reference.kind == TransferKind::CaseReferral {
        let (id, receiver) = (transfer.reference.id, transfer.reference.to.clone());
        referrals.push(ReferralAbove { transfer: id, receiver });
    }
    referrals
}

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
    if to == from.from {
        return Err(Refusal::LeadNotPossible { department: to });
    }
    let now = act.now.max(act.transfer.updated_at);
    // Who was designated, made the clue itself, or has objected to this before, may not object.
    let is_in_place = to.division() == from.to.division();
    let mut objected = act.transfer.sent.terms.objected.clone();
    if act.transfer.objection_raised && !objected.contains(&from.to) {
        objected.push(from.to.clone());
    }
    let is_bound = reason == LinkReason::Designated || reason == LinkReason::Converted;
    let may_object = !is_bound && !objected.contains(&to);
    let reference = TransferRef { id, kind, from: from.from.clone(), to, matter: from.matter };
    let sent = TransferSent {
        routing: Routing::Named,
        subject_matter: None,
        origin: Some(Link { transfer: from.id, reason }),
        objection_allowed: may_object,
        number_year: civil::year_of(now),
        rule_pack: act.rules.current(&office, now).id.clone(),
        calendar: act.rules.calendar().version().to_owned(),
        office,
        // The office has chosen: there is nothing left to choose from.
        terms: Terms {
            // The copies of one division are those of its own bodies; another division has others.
            copies: if is_in_place { act.transfer.sent.terms.copies.clone() } else { Vec::new() },
            candidates: Vec::new(),
            referrals: referrals_below(act.transfer),
            objected,
            ..act.transfer.sent.terms.clone()
        },
        ..act.transfer.sent.clone()
    };
    Course::begin(reference, sent, now, act.rules)
}
