//! How many transfers are alike, counted on whenever one of them moves: the watch in numbers adds a few of these counts
//! instead of counting all transfers.

use crate::life::Life;
use contract::ids::DepartmentId;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a transfer counts as: the columns of `views_1.watch_count`, but for the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Alike<'a> {
    /// Empty in the count of all transfers, and so are receiver, office and copies.
    from_department: &'a str,
    to_department: &'a str,
    office: &'a str,
    /// Empty: nobody, and on the lists of the watch.
    holder: &'a str,
    /// Empty on the lists of the watch.
    state: &'static str,
    list: &'static str,
    copies: &'a [DepartmentId],
    overdue: bool,
}

/// How many more there are, or fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct WatchCountMove<'a> {
    from_department: &'a str,
    to_department: &'a str,
    office: &'a str,
    holder: &'a str,
    state: &'static str,
    list: &'static str,
    copies: &'a [DepartmentId],
    overdue: bool,
    transfers: i64,
}

/// How these transfers moved the counts: each as it stood before, and stands after.
pub(crate) fn moves<'a>(
    lives: impl Iterator<Item = (Option<&'a Life>, &'a Life)>,
) -> Vec<WatchCountMove<'a>> {
    let mut moves: BTreeMap<Alike<'a>, i64> = BTreeMap::new();
    for (before, after) in lives {
        let (before, after) = (before.map_or([None; 3], counted), counted(after));
        for (before, after) in before.into_iter().zip(after).filter(|(before, after)| before != after) {
            for (alike, more) in [(before, -1), (after, 1)] {
                let Some(alike) = alike else { continue };
                *moves.entry(alike).or_default() += more;
                *moves.entry(alike.of_all()).or_default() += more;
            }
        }
    }
    let moved = moves.into_iter().filter(|(_, transfers)| *transfers != 0);
    moved.map(|(alike, transfers)| alike.moved_by(transfers)).collect()
}

/// What a transfer counts as: among all, among the unacknowledged, and among those without feedback.
fn counted(life: &Life) -> [Option<Alike<'_>>; 3] {
    let transfer = &life.transfer;
    let alike = |list, overdue| Alike {
        from_department: transfer.from_department.as_str(),
        to_department: transfer.to_department.as_str(),
        office: transfer.office.as_str(),
        holder: "",
        state: "",
        list,
        copies: &transfer.copies,
        overdue,
    };
    let of_all = Alike {
        holder: transfer.holder.as_ref().map_or("", DepartmentId::as_str),
        state: transfer.state.name(),
        ..alike("transfer", transfer.is_overdue(transfer.updated_at))
    };
    let recorded =
        |due_at, missed_at| matches!((due_at, missed_at), (Some(due), Some(missed)) if due <= missed);
    let unacknowledged = life.owes_acknowledgement();
    let feedback = life.owes_feedback();
    [
        Some(of_all),
        unacknowledged.map(|clock| alike("unacknowledged", recorded(clock.due_at, clock.missed_at))),
        feedback.map(|owed| alike("missing_feedback", recorded(owed.due_at, owed.missed_at()))),
    ]
}

impl<'a> Alike<'a> {
    /// The same among all transfers, whoever their parties are.
    const fn of_all(self) -> Self {
        Self { from_department: "", to_department: "", office: "", copies: &[], ..self }
    }

    const fn moved_by(self, transfers: i64) -> WatchCountMove<'a> {
        let Self { from_department, to_department, office, holder, state, list, copies, overdue } = self;
        WatchCountMove {
            from_department,
            to_department,
            office,
            holder,
            state,
            list,
            copies,
            overdue,
            transfers,
        }
    }
}
