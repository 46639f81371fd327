//! Why an act on a handoff is refused: by whom it could be done, or what it lacks, and by which article.

use super::article::{Article, Source};
use super::guard::Guard;
use super::role::Role;
use contract::handoff::{Field, HandoffAct, HandoffState};
use contract::ids::DepartmentId;
use contract::problem::ProblemCode;
use contract::text::{Arguments, Locale, sentence};

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields carry the names of what they hold")]
pub enum HandoffRefusal {
    /// The act belongs to another organ.
    WrongOrgan { act: HandoffAct, role: Role, organ: Option<DepartmentId>, article: Article },
    /// The act is not possible where the lanes stand.
    OutOfTurn { act: HandoffAct, state: HandoffState, article: Article },
    /// A penalty does not take the place of the transfer.
    PenaltyInstead { state: HandoffState },
    /// No new fine while the criminal side is open.
    FineWhileOpen { state: HandoffState },
    /// A condition is not fulfilled.
    Guard { act: HandoffAct, guard: Guard, article: Article },
    /// The right has expired.
    RightLost { act: HandoffAct, article: Article },
    /// A field is missing.
    FieldMissing { act: HandoffAct, field: Field },
    /// There is no such lane.
    LaneUnknown { lane: u32 },
    /// Lanes stand differently: they must be named.
    LanesAmbiguous { act: HandoffAct },
    /// Only casebus does it.
    NotAnAct { act: HandoffAct },
    /// It would have more lanes than a handoff may have.
    TooManyLanes,
    /// The other handoff cannot be joined.
    CannotJoin,
    /// No organ of that kind is known there.
    OpeningUnfit { what: OpeningFault },
    /// The rule pack is not known.
    UnknownRulePack(String),
}

/// What is wrong with an opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpeningFault {
    /// A forward handoff begins with an administrative organ.
    NotAdministrative,
    /// It goes to the police.
    NotPolice,
    /// The police are not of the agency's level and territory.
    NotCompetent,
    /// The procuratorate orders a transfer of an organ under the same government.
    NotSameGovernment,
    /// It hands a case back to an administrative organ of another government.
    AddresseeElsewhere,
    /// A reverse handoff begins with police, procuratorate or court.
    NotJudicial,
    /// A reverse handoff goes to an administrative organ.
    AddresseeNotAdministrative,
    /// A sealed clue goes to a supervisory commission.
    NotCommission,
    /// There is no suspect.
    NoSuspect,
    /// The transfer standard is not in the library.
    StandardUnknown,
}

impl OpeningFault {
    /// Its name, under which its sentence stands.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAdministrative => "not_administrative",
            Self::NotPolice => "not_police",
            Self::NotCompetent => "not_competent",
            Self::NotSameGovernment => "not_same_government",
            Self::AddresseeElsewhere => "addressee_elsewhere",
            Self::NotJudicial => "not_judicial",
            Self::AddresseeNotAdministrative => "addressee_not_administrative",
            Self::NotCommission => "not_commission",
            Self::NoSuspect => "no_suspect",
            Self::StandardUnknown => "standard_unknown",
        }
    }

    /// Every fault.
    pub const ALL: [Self; 10] = [
        Self::NotAdministrative,
        Self::NotPolice,
        Self::NotCompetent,
        Self::NotSameGovernment,
        Self::AddresseeElsewhere,
        Self::NotJudicial,
        Self::AddresseeNotAdministrative,
        Self::NotCommission,
        Self::NoSuspect,
        Self::StandardUnknown,
    ];
}

impl HandoffRefusal {
    /// The code of the problem.
    pub const fn code(&self) -> ProblemCode {
        match self {
            Self::WrongOrgan { .. } => ProblemCode::HandoffWrongOrgan,
            Self::OutOfTurn { .. } | Self::NotAnAct { .. } => ProblemCode::HandoffOutOfTurn,
            Self::PenaltyInstead { .. } => ProblemCode::HandoffPenaltyInstead,
            Self::FineWhileOpen { .. } => ProblemCode::HandoffFineWhileOpen,
            Self::Guard { .. } | Self::FieldMissing { .. } => ProblemCode::HandoffCondition,
            Self::RightLost { .. } => ProblemCode::HandoffRightLost,
            Self::LaneUnknown { .. } => ProblemCode::HandoffLaneUnknown,
            Self::LanesAmbiguous { .. } => ProblemCode::HandoffLanesAmbiguous,
            Self::TooManyLanes => ProblemCode::HandoffTooLarge,
            Self::CannotJoin => ProblemCode::HandoffCannotJoin,
            Self::OpeningUnfit { .. } => ProblemCode::HandoffOpeningUnfit,
            Self::UnknownRulePack(_) => ProblemCode::RulePackNotFound,
        }
    }

    /// The article that it rests on.
    pub const fn article(&self) -> Option<Article> {
        match self {
            Self::WrongOrgan { article, .. }
            | Self::OutOfTurn { article, .. }
            | Self::Guard { article, .. }
            | Self::RightLost { article, .. } => Some(*article),
            Self::PenaltyInstead { .. } => Some(Article { source: Source::Decree310, numbers: "11" }),
            Self::FineWhileOpen { .. } => Some(Article { source: Source::Policy, numbers: "" }),
            Self::CannotJoin => Some(Article { source: Source::PoliceProcedure, numbers: "21" }),
            Self::OpeningUnfit { what } => Some(match what {
                OpeningFault::NotCommission => Article { source: Source::Decree310, numbers: "18, 19" },
                OpeningFault::NotJudicial
                | OpeningFault::AddresseeNotAdministrative
                | OpeningFault::AddresseeElsewhere => Article { source: Source::Decree310, numbers: "13" },
                OpeningFault::NotSameGovernment => {
                    Article { source: Source::ProcuratorateRules, numbers: "557" }
                }
                OpeningFault::NotAdministrative
                | OpeningFault::NotPolice
                | OpeningFault::NotCompetent
                | OpeningFault::NoSuspect
                | OpeningFault::StandardUnknown => Article { source: Source::Decree310, numbers: "3, 5" },
            }),
            Self::FieldMissing { .. }
            | Self::LaneUnknown { .. }
            | Self::LanesAmbiguous { .. }
            | Self::TooManyLanes
            | Self::NotAnAct { .. }
            | Self::UnknownRulePack(_) => None,
        }
    }

    /// What its sentence names.
    pub fn arguments(&self, locale: Locale) -> Arguments {
        let named = |key: &str| sentence(locale, key, &Arguments::new());
        let state_name = |state: HandoffState| named(&format!("handoff-state-{state}"));
        let mut arguments = match self {
            Self::WrongOrgan { act, role, organ, .. } => vec![
                ("act", act_name(*act, locale)),
                ("role", named(&format!("handoff-role-{}", role.name()))),
                ("organ", organ.as_ref().map(ToString::to_string).unwrap_or_default()),
            ],
            Self::OutOfTurn { act, state, .. } => {
                vec![("act", act_name(*act, locale)), ("state", state_name(*state))]
            }
            Self::PenaltyInstead { state } | Self::FineWhileOpen { state } => {
                vec![("state", state_name(*state))]
            }
            Self::Guard { act, guard, .. } => vec![
                ("act", act_name(*act, locale)),
                ("condition", named(&format!("handoff-guard-{}", guard.name()))),
            ],
            Self::FieldMissing { act, field } => {
                vec![("act", act_name(*act, locale)), ("condition", format!("/{field}"))]
            }
            Self::RightLost { act, .. } | Self::LanesAmbiguous { act } | Self::NotAnAct { act } => {
                vec![("act", act_name(*act, locale)), ("state", String::new())]
            }
            Self::LaneUnknown { lane } => vec![("lane", lane.to_string())],
            Self::CannotJoin | Self::TooManyLanes => Vec::new(),
            Self::OpeningUnfit { what } => {
                vec![("fault", named(&format!("handoff-opening-{}", what.name())))]
            }
            Self::UnknownRulePack(id) => vec![("rule_pack", id.clone())],
        };
        arguments.push(("article", self.article().map(|article| article.cite(locale)).unwrap_or_default()));
        arguments
    }
}

/// The name of an act in a language: its meaning holds the English words first, then the Chinese ones.
pub fn act_name(act: HandoffAct, locale: Locale) -> String {
    sentence(locale, &format!("handoff-act-{}", act.name()), &Arguments::new())
}
