//! Who is responsible for a subject matter, and to whom a transfer about it goes.

use super::Registry;
use contract::ids::DepartmentId;
use std::collections::BTreeSet;

/// One row of the responsibility matrix of a division.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responsibility {
    /// The division (GB/T 2260 code) in which the row holds.
    pub division: String,
    /// The row's name in its source, like `J08`.
    pub row_id: String,
    /// The subject matter 监管事项.
    pub subject_matter: String,
    /// The departments named as lead, as listed.
    pub leads: Vec<DepartmentId>,
    /// The departments named as participants.
    pub participants: Vec<DepartmentId>,
    /// What the source says about who leads.
    pub lead_mode: LeadMode,
    /// A remark of the source, like `LEGACY_NAME`; empty when there is none.
    pub flag: String,
}

/// What the source says about who leads. The codes are those of the responsibility file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeadMode {
    /// `SINGLE`: one lead.
    Single,
    /// `FIRST_EXPLICIT`: the first listed leads, by a rule of the source.
    FirstExplicit,
    /// `FIRST_ASSUMED`: the first listed leads, by assumption; somebody must confirm it.
    FirstAssumed,
    /// `MULTI`: several leads.
    Multi,
    /// `COLLECTIVE`: all together, no lead.
    Collective,
    /// Empty: the source does not say.
    Unstated,
}

impl LeadMode {
    /// Every mode.
    pub const ALL: [Self; 6] = [
        Self::Single,
        Self::FirstExplicit,
        Self::FirstAssumed,
        Self::Multi,
        Self::Collective,
        Self::Unstated,
    ];

    /// The code in the responsibility file.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Single => "SINGLE",
            Self::FirstExplicit => "FIRST_EXPLICIT",
            Self::FirstAssumed => "FIRST_ASSUMED",
            Self::Multi => "MULTI",
            Self::Collective => "COLLECTIVE",
            Self::Unstated => "",
        }
    }

    /// The mode with that code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.code() == code)
    }
}

/// Where a transfer about a subject matter goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// To this department.
    Routed {
        /// The department that leads.
        to: DepartmentId,
        /// Whether it leads by assumption only, and the office must confirm it.
        assumed: bool,
    },
    /// No row may route it: the sender chooses a candidate or asks the coordination office.
    AskOffice {
        /// The departments that may be meant, sets opened, in the order of the row, each once.
        candidates: Vec<DepartmentId>,
        /// `false` when a set among them is not fully known.
        complete: bool,
    },
    /// The division's matrix has no such subject matter.
    UnknownSubjectMatter {
        /// The subject matters that it has, in order of row.
        known: Vec<String>,
    },
}

impl Registry {
    /// Routes a subject matter, by its exact text, within a division.
    pub fn route(&self, division: &str, subject_matter: &str) -> Route {
        let of_division = || self.responsibilities.iter().filter(|row| row.division == division);
        let rows: Vec<_> = of_division().filter(|row| row.subject_matter == subject_matter).collect();
        match rows.as_slice() {
            [] => {
                let known = of_division().map(|row| row.subject_matter.clone()).collect();
                Route::UnknownSubjectMatter { known }
            }
            [row] => self.route_by(row).unwrap_or_else(|| self.ask_office(&rows)),
            _ => self.ask_office(&rows),
        }
    }

    /// The route of one row; `None` when the row may not route or its lead cannot receive.
    fn route_by(&self, row: &Responsibility) -> Option<Route> {
        let assumed = match row.lead_mode {
            LeadMode::Single if row.leads.len() != 1 => return None,
            LeadMode::Single | LeadMode::FirstExplicit => false,
            LeadMode::FirstAssumed => true,
            LeadMode::Multi | LeadMode::Collective | LeadMode::Unstated => return None,
        };
        let to = row.leads.first().filter(|lead| self.can_receive(lead))?.clone();
        Some(Route::Routed { to, assumed })
    }

    /// The candidates are the leads; also the participants where all are responsible together, or where no
    /// lead can receive.
    fn ask_office(&self, rows: &[&Responsibility]) -> Route {
        let mut candidates = Candidates::new(self);
        for row in rows {
            let before = candidates.list.len();
            candidates.add(&row.leads);
            if row.lead_mode == LeadMode::Collective || candidates.list.len() == before {
                candidates.add(&row.participants);
            }
        }
        Route::AskOffice { candidates: candidates.list, complete: candidates.complete }
    }

    fn can_receive(&self, id: &DepartmentId) -> bool {
        self.department(id).is_some_and(super::Department::can_receive)
    }
}

/// Departments that can receive, each once, in the order in which they were named.
struct Candidates<'a> {
    registry: &'a Registry,
    seen: BTreeSet<DepartmentId>,
    list: Vec<DepartmentId>,
    complete: bool,
}

impl<'a> Candidates<'a> {
    fn new(registry: &'a Registry) -> Self {
        Self { registry, seen: BTreeSet::new(), list: Vec::new(), complete: true }
    }

    fn add(&mut self, named: &[DepartmentId]) {
        for id in named {
            let members = self.registry.expand_group(id).map_or_else(
                || vec![id.clone()],
                |expansion| {
                    self.complete &= expansion.complete;
                    expansion.members
                },
            );
            for member in members {
                if self.registry.can_receive(&member) && self.seen.insert(member.clone()) {
                    self.list.push(member);
                }
            }
        }
    }
}
