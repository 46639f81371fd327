//! How a handoff begins: with a suspected crime that an agency finds, with an opinion of the procuratorate where no
//! handoff exists, with a reverse handoff, or with a sealed clue to the supervisory commission.

use super::article::{Article, Source};
use super::clocks::Counter;
use super::decide::{HandoffAction, HandoffDecision, HandoffDraft, decide};
use super::effect::{Happening, begin};
use super::guard::{Guard, is_administrative};
use super::refusal::{HandoffRefusal, OpeningFault};
use super::role::By;
use super::state::Handoff;
use crate::civil;
use crate::registry::{DepartmentType, Registry};
use crate::rule_pack::RulePack;
use crate::rules::Rules;
use chrono::{DateTime, NaiveDate, Utc};
use contract::handoff::{
    Approval, ApproverPost, Direction, HandoffAct, HandoffBody, HandoffRef, Opening, Said, Secrecy, Suspect,
};
use contract::ids::{DepartmentId, HandoffId, MatterId, TransferId};

/// Open a handoff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenHandoff {
    /// A fresh id.
    pub id: HandoffId,
    /// Which way it runs.
    pub direction: Direction,
    /// Who opens it. The procuratorate opens a forward one by its opinion, for the agency.
    pub by: DepartmentId,
    /// The organ to which it goes; for an opinion of the procuratorate the agency.
    pub to: DepartmentId,
    /// The matter of the transfer from which it grew.
    pub matter: Option<MatterId>,
    /// That transfer.
    pub origin: Option<TransferId>,
    /// Who waits for its result upstream: the sender of that transfer.
    pub upstream: Vec<DepartmentId>,
    /// One line that says what it is about.
    pub title: String,
    /// What was found.
    pub summary: String,
    /// The suspects.
    pub suspects: Vec<Suspect>,
    /// The agency's administrative case.
    pub administrative_case: Option<String>,
    /// When it was filed.
    pub administrative_case_filed_on: Option<NaiveDate>,
    /// The transfer standard that it meets.
    pub standard: Option<String>,
    /// The amount involved.
    pub amount_fen: Option<i64>,
    /// 绿色通道.
    pub expedited: bool,
    /// Whether the suspected crime is found already; else the agency still investigates.
    pub suspicion: Option<String>,
    /// The keys that may know of a sealed one.
    pub readers: Vec<String>,
    /// Who approved the opinion of the procuratorate.
    pub approval: Option<Approval>,
}

/// Decides on the opening.
pub fn open(
    command: &OpenHandoff,
    now: DateTime<Utc>,
    rules: &Rules,
    registry: &Registry,
) -> Result<HandoffDecision, HandoffRefusal> {
    let parties = parties(command, registry)?;
    let pack = rules.current(&parties.from, now);
    if command.standard.as_deref().is_some_and(|id| pack.criminal.standard(id).is_none()) {
        return Err(fault(OpeningFault::StandardUnknown));
    }
    let sealed = command.direction == Direction::SupervisoryClue;
    let reference = HandoffRef {
        id: command.id,
        direction: command.direction,
        from: parties.from.clone(),
        to: parties.to.clone(),
        // A sealed clue has a matter of its own: the chain of another one would show it.
        matter: command.matter.filter(|_| !sealed).unwrap_or(MatterId(command.id.0)),
        sealed,
    };
    let opening = opening_of(command, &parties, pack, now, registry);
    let approval = command.approval.clone().filter(|_| command.direction == Direction::Reverse);
    let said = Said { opening: Some(Box::new(opening.clone())), approval, ..Said::default() };
    let counter =
        Counter { rules: &pack.criminal, calendar: rules.calendar(), expedited: opening.expedited, now };
    let happening = Happening {
        reference: &reference,
        opening: &opening,
        act: HandoffAct::Opening,
        said: &said,
        by: &command.by,
        counter,
    };
    let after = begin(&happening);
    let secrecy = if sealed {
        Secrecy::Sealed
    } else if after.audience(&reference).contains(&reference.to) {
        Secrecy::Parties
    } else {
        Secrecy::Unaddressed
    };
    let body = HandoffBody {
        handoff: reference.clone(),
        event: HandoffAct::Opening,
        data: said,
        by: command.by.clone(),
        secrecy,
        document: None,
        after: after.clone(),
    };
    let year = opening.number_year;
    let series = if sealed {
        contract::number::sealed_series(&reference.to, year)
    } else {
        contract::number::handoff_series(&reference.from, year)
    };
    let mut drafts = vec![HandoffDraft { body, occurred_at: now, number_series: Some(series) }];
    let opened = Handoff {
        reference,
        opening,
        number: None,
        opened_at: now,
        updated_at: now,
        version: 1,
        position: 0,
        after,
    };
    drafts.extend(first_step(command, &opened, now, rules, registry)?);
    Ok(HandoffDecision { drafts, guards: vec![(command.id, 0)], shown: command.id })
}

/// What it is opened with.
fn opening_of(
    command: &OpenHandoff,
    parties: &Parties,
    pack: &RulePack,
    now: DateTime<Utc>,
    registry: &Registry,
) -> Opening {
    let sealed = command.direction == Direction::SupervisoryClue;
    let government = registry.government_of(&parties.to);
    // Who hands back takes part itself, also where it stands beside no police of the addressee.
    let is_back = command.direction == Direction::Reverse;
    let hands_back = registry.department(&parties.from).filter(|_| is_back);
    let beside = |kind| match hands_back {
        Some(body) if body.department_type == kind => Some(body.id.clone()),
        Some(_) | None => body_under(registry, government.as_ref(), kind),
    };
    let copies = pack.criminal.copies.iter().filter_map(|rule| DepartmentType::from_code(&rule.to_type));
    Opening {
        title: command.title.clone(),
        summary: command.summary.clone(),
        number_year: civil::year_of(now),
        rule_pack: pack.id.clone(),
        origin: command.origin.filter(|_| !sealed),
        split_from: None,
        administrative_case: command.administrative_case.clone(),
        administrative_case_filed_on: command.administrative_case_filed_on,
        standard: command.standard.clone(),
        amount_fen: command.amount_fen,
        expedited: command.expedited,
        suspects: command.suspects.clone(),
        readers: command.readers.clone(),
        procuratorate: beside(DepartmentType::Procuratorate).filter(|_| !sealed),
        court: beside(DepartmentType::Court).filter(|_| !sealed),
        copies: if sealed { Vec::new() } else { copies.filter_map(&beside).collect() },
        upstream: if sealed { vec![parties.from.clone()] } else { command.upstream.clone() },
    }
}

/// What comes with the opening, decided like any later act: the suspicion that the agency states, or the opinion of the
/// procuratorate.
fn first_step(
    command: &OpenHandoff,
    opened: &Handoff,
    now: DateTime<Utc>,
    rules: &Rules,
    registry: &Registry,
) -> Result<Vec<HandoffDraft>, HandoffRefusal> {
    if opened.reference.direction != Direction::Forward {
        return Ok(Vec::new());
    }
    let is_ordered = command.by != opened.reference.from;
    let (act, said) = match (is_ordered, &command.suspicion) {
        (true, _) => {
            let content = Some(command.summary.clone());
            let approval = command.approval.clone();
            (HandoffAct::TransferOpinion, Said { content, approval, ..Said::default() })
        }
        (false, Some(found)) => {
            (HandoffAct::Suspicion, Said { content: Some(found.clone()), ..Said::default() })
        }
        (false, None) => return Ok(Vec::new()),
    };
    let action = HandoffAction { act, said, fresh: command.id };
    let decision = decide(opened, None, &action, By::Organ(&command.by), now, rules, registry)?;
    Ok(decision.drafts)
}

struct Parties {
    from: DepartmentId,
    to: DepartmentId,
}

fn fault(what: OpeningFault) -> HandoffRefusal {
    HandoffRefusal::OpeningUnfit { what }
}

/// Between whom it runs, if these may.
fn parties(command: &OpenHandoff, registry: &Registry) -> Result<Parties, HandoffRefusal> {
    let type_of = |id: &DepartmentId| registry.department(id).map(|found| found.department_type);
    let (by, to) = (type_of(&command.by), type_of(&command.to));
    if command.suspects.is_empty() {
        return Err(fault(OpeningFault::NoSuspect));
    }
    match command.direction {
        Direction::Forward if by == Some(DepartmentType::Procuratorate) => ordered(command, registry),
        Direction::Forward => {
            if !by.is_some_and(is_administrative) {
                return Err(fault(OpeningFault::NotAdministrative));
            }
            if to != Some(DepartmentType::PublicSecurity) {
                return Err(fault(OpeningFault::NotPolice));
            }
            if !is_competent(registry, &command.by, &command.to) {
                return Err(fault(OpeningFault::NotCompetent));
            }
            Ok(Parties { from: command.by.clone(), to: command.to.clone() })
        }
        Direction::Reverse => {
            let is_judicial = |kind| {
                matches!(
                    kind,
                    DepartmentType::PublicSecurity | DepartmentType::Procuratorate | DepartmentType::Court
                )
            };
            if !by.is_some_and(is_judicial) {
                return Err(fault(OpeningFault::NotJudicial));
            }
            if !to.is_some_and(is_administrative) {
                return Err(fault(OpeningFault::AddresseeNotAdministrative));
            }
            // As in any later reverse handoff: an organ of the same government, or one led from above.
            let government = registry.government_of(&command.to);
            if government.is_some() && government != registry.government_of(&command.by) {
                return Err(fault(OpeningFault::AddresseeElsewhere));
            }
            if by == Some(DepartmentType::Procuratorate) {
                is_approved(command)?;
            }
            Ok(Parties { from: command.by.clone(), to: command.to.clone() })
        }
        Direction::SupervisoryClue => {
            if to != Some(DepartmentType::Supervisory) {
                return Err(fault(OpeningFault::NotCommission));
            }
            Ok(Parties { from: command.by.clone(), to: command.to.clone() })
        }
    }
}

/// The chief procurator approves the opinion that a penalty is due (规则 art. 373).
fn is_approved(command: &OpenHandoff) -> Result<(), HandoffRefusal> {
    match &command.approval {
        Some(approval) if approval.post == ApproverPost::ChiefProcurator => Ok(()),
        Some(_) | None => Err(HandoffRefusal::Guard {
            act: HandoffAct::AdministrativeOpinion,
            guard: Guard::ChiefProcuratorApproves,
            article: Article { source: Source::ProcuratorateRules, numbers: "373" },
        }),
    }
}

/// Same level and territory: the same government; an organ led from above has no local government, so that any police
/// organ of its level will do.
pub(super) fn is_competent(registry: &Registry, agency: &DepartmentId, police: &DepartmentId) -> bool {
    let level = |id: &DepartmentId| registry.department(id).map(|found| found.level.clone());
    match registry.government_of(agency) {
        Some(government) => registry.government_of(police) == Some(government),
        None => level(police) == level(agency),
    }
}

/// The procuratorate demands a transfer where no handoff exists (规则 art. 557): it runs from the agency to the police of
/// the same government.
fn ordered(command: &OpenHandoff, registry: &Registry) -> Result<Parties, HandoffRefusal> {
    let kind = registry.department(&command.to).map(|found| found.department_type);
    if !kind.is_some_and(is_administrative) {
        return Err(fault(OpeningFault::AddresseeNotAdministrative));
    }
    let government = registry.government_of(&command.to);
    if government.is_none() || registry.government_of(&command.by) != government {
        return Err(fault(OpeningFault::NotSameGovernment));
    }
    let police = body_under(registry, government.as_ref(), DepartmentType::PublicSecurity);
    let to = police.ok_or_else(|| fault(OpeningFault::NotPolice))?;
    Ok(Parties { from: command.to.clone(), to })
}

/// The body of a type directly under a government, the first in order of id.
pub(super) fn body_under(
    registry: &Registry,
    government: Option<&DepartmentId>,
    kind: DepartmentType,
) -> Option<DepartmentId> {
    let government = government?;
    let is_it = |id: &DepartmentId| registry.government_of(id).as_ref() == Some(government);
    registry
        .all()
        .find(|department| department.department_type == kind && is_it(&department.id))
        .map(|department| department.id.clone())
}
