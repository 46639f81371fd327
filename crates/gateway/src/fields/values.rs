//! Fields with a form of their own: times, ids, codes and numbers.

use super::{Fields, Found, checks, identity_number};
use crate::problem::{Named, plain};
use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use contract::ids::{DepartmentId, HandoffId, TransferId};
use contract::problem::ProblemCode;
use domain::registry::Registry;

/// The largest amount: a hundred billion yuan.
const FEN_MAX: i64 = 10_000_000_000_000;

impl<'a> Fields<'a> {
    /// A moment that has passed, to the millisecond.
    pub(crate) fn optional_past_moment(
        &self,
        name: &'static str,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let found = self.optional(name)?;
        let text = self.string(&found)?;
        let Some(moment) = checks::moment(text) else {
            self.malformed(name, "expected-moment");
            return None;
        };
        if moment > now {
            let now = crate::civil_time::civil_text(now);
            self.wrong(name, ProblemCode::FieldInFuture, vec![("now", plain(now))]);
            return None;
        }
        Some(moment.trunc_subsecs(3))
    }

    /// A moment, to the millisecond.
    pub(crate) fn moment(&self, name: &'static str) -> Option<DateTime<Utc>> {
        let found = self.required(name)?;
        let text = self.string(&found)?;
        let moment = checks::moment(text);
        if moment.is_none() {
            self.malformed(name, "expected-moment");
        }
        moment.map(|moment| moment.trunc_subsecs(3))
    }

    /// A civil day.
    pub(crate) fn day(&self, name: &'static str) -> Option<NaiveDate> {
        let found = self.required(name)?;
        self.day_of(&found)
    }

    /// A civil day, or nothing.
    pub(crate) fn optional_day(&self, name: &'static str) -> Option<NaiveDate> {
        let found = self.optional(name)?;
        self.day_of(&found)
    }

    /// Notes a day that is over.
    pub(crate) fn not_over(&self, name: &str, day: Option<NaiveDate>, today: NaiveDate) {
        if day.is_some_and(|day| day < today) {
            self.wrong(name, ProblemCode::FieldInPast, vec![("today", plain(today))]);
        }
    }

    fn day_of(&self, found: &Found<'a>) -> Option<NaiveDate> {
        let text = self.string(found)?;
        let day = checks::day(text);
        if day.is_none() {
            self.malformed(found.name, "expected-day");
        }
        day
    }

    /// The id of a transfer.
    pub(crate) fn optional_transfer(&self, name: &'static str) -> Option<TransferId> {
        let found = self.optional(name)?;
        let text = self.string(&found)?;
        let id = text.parse().ok();
        if id.is_none() {
            self.malformed(name, "expected-transfer-id");
        }
        id
    }

    /// An amount in fen 分, or nothing.
    pub(crate) fn optional_fen(&self, name: &'static str) -> Option<i64> {
        let found = self.optional(name)?;
        let fen = found.value.as_i64().filter(|fen| (0..=FEN_MAX).contains(fen));
        if fen.is_none() {
            self.malformed(name, "expected-fen");
        }
        fen
    }

    /// The id of a handoff, or nothing.
    pub(crate) fn optional_handoff(&self, name: &'static str) -> Option<HandoffId> {
        let found = self.optional(name)?;
        let id = self.string(&found)?.parse().ok();
        if id.is_none() {
            self.malformed(name, "expected-handoff-id");
        }
        id
    }

    /// A SHA-256 in lower-case hexadecimal, or nothing.
    pub(crate) fn optional_sha256(&self, name: &'static str) -> Option<String> {
        let found = self.optional(name)?;
        let text = self.string(&found)?;
        let is_hash =
            text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if !is_hash {
            self.malformed(name, "expected-sha256");
            return None;
        }
        Some(text.to_owned())
    }

    /// A division code.
    pub(crate) fn optional_division(&self, name: &'static str) -> Option<String> {
        let found = self.optional(name)?;
        let text = self.string(&found)?;
        if checks::is_division(text) {
            return Some(text.to_owned());
        }
        self.malformed(name, "expected-division");
        None
    }

    fn receiver_of(&self, found: &Found<'a>, registry: &Registry) -> Option<DepartmentId> {
        let text = self.string(found)?;
        let Ok(id) = DepartmentId::new(text) else {
            self.malformed(found.name, "expected-department-id");
            return None;
        };
        let code = match registry.department(&id) {
            None => ProblemCode::DepartmentUnknown,
            Some(department) if !department.can_receive() => ProblemCode::DepartmentCannotReceive,
            Some(_) => return Some(id),
        };
        self.wrong(found.name, code, vec![("department", plain(&id))]);
        None
    }

    /// A department of the registry that can receive.
    pub(crate) fn receiver(&self, name: &'static str, registry: &Registry) -> Option<DepartmentId> {
        let found = self.required(name)?;
        self.receiver_of(&found, registry)
    }

    /// A department of the registry that can receive, or nothing.
    pub(crate) fn optional_receiver(&self, name: &'static str, registry: &Registry) -> Option<DepartmentId> {
        let found = self.optional(name)?;
        self.receiver_of(&found, registry)
    }

    /// A unified social credit code (GB 32100), or nothing.
    pub(crate) fn optional_uscc(&self, name: &'static str) -> Option<contract::uscc::Uscc> {
        let found = self.optional(name)?;
        let text = self.string(&found)?;
        match contract::uscc::Uscc::new(text) {
            Ok(code) => Some(code),
            Err(invalid) => {
                self.wrong(name, checks::uscc_problem(invalid), Named::new());
                None
            }
        }
    }

    /// A citizen's identity number (GB 11643), or nothing.
    pub(crate) fn optional_identity_number(&self, name: &'static str, today: NaiveDate) -> Option<String> {
        let found = self.optional(name)?;
        let text = self.string(&found)?;
        let number = identity_number::checked(text, today);
        if number.is_none() {
            self.wrong(name, ProblemCode::IdentityNumberInvalid, Named::new());
        }
        number
    }
}
