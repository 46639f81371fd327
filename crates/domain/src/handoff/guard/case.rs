//! What guards look at, and how they read it.

use super::super::open::is_competent;
use super::super::role::{self, By, Role};
use super::super::state::Handoff;
use super::super::table::Row;
use crate::civil;
use crate::registry::{DepartmentType, Registry};
use crate::rule_pack::{CriminalRules, HandoffClockRule};
use chrono::{DateTime, NaiveDate, Utc};
use contract::clock::ClockState;
use contract::handoff::{
    Approval, ApproverPost, Goods, HandoffAct, HandoffClock, HandoffClockRun, HandoffMaterial, Lane,
    MaterialKind, Milestone, Notice, Said, Verdict,
};
use contract::ids::DepartmentId;

/// What a guard looks at.
#[derive(Clone, Copy)]
pub(in crate::handoff) struct Case<'a> {
    pub(in crate::handoff) handoff: &'a Handoff,
    pub(in crate::handoff) lane: &'a Lane,
    pub(in crate::handoff) selected: &'a [u32],
    pub(in crate::handoff) row: &'a Row,
    pub(in crate::handoff) said: &'a Said,
    pub(in crate::handoff) by: By<'a>,
    pub(in crate::handoff) now: DateTime<Utc>,
    pub(in crate::handoff) rules: &'a CriminalRules,
    pub(in crate::handoff) registry: &'a Registry,
}

impl Case<'_> {
    pub(super) fn today(&self) -> NaiveDate {
        civil::day_of(self.now)
    }

    pub(super) fn approval(&self) -> Option<&Approval> {
        self.said.approval.as_ref()
    }

    pub(super) fn approved_by(&self, post: ApproverPost) -> bool {
        self.approval().is_some_and(|approval| approval.post == post)
    }

    pub(super) fn lanes(&self) -> impl Iterator<Item = &Lane> {
        self.handoff.after.lanes.iter().filter(|lane| self.selected.contains(&lane.number))
    }

    pub(super) fn type_of(&self, department: &DepartmentId) -> Option<DepartmentType> {
        self.registry.department(department).map(|department| department.department_type)
    }

    /// A reverse handoff of a procuratorate or a court has no police of its own.
    pub(super) fn is_done_by(&self, kind: DepartmentType) -> bool {
        let By::Organ(organ) = self.by else { return false };
        self.type_of(organ) == Some(kind)
    }

    pub(super) fn names_type(&self, fits: impl Fn(DepartmentType) -> bool) -> bool {
        self.said.department.as_ref().and_then(|department| self.type_of(department)).is_some_and(fits)
    }

    /// An administrative organ of the level and territory of the issuer (310号 art. 13, 规则 art. 373): the agency
    /// itself, one under the same government, or one led from above.
    pub(super) fn addressee_fits(&self) -> bool {
        let (By::Organ(issuer), Some(addressee)) = (self.by, &self.said.department) else { return false };
        let government = self.registry.government_of(addressee);
        // Who decides a dispute names whom it concerns, wherever that is.
        let is_near = self.row.act == HandoffAct::ReverseDesignation
            || *addressee == self.handoff.after.parties.agency
            || government.is_none()
            || government == self.registry.government_of(issuer);
        is_near && self.names_type(is_administrative)
    }

    pub(super) fn standard_is_met(&self) -> bool {
        let opening = &self.handoff.opening;
        let standard = opening.standard.as_deref().and_then(|id| self.rules.standard(id));
        standard.is_none_or(|standard| {
            standard.is_met(opening.amount_fen, None) || standard.earlier_penalties.is_some()
        })
    }

    pub(super) fn police_is_competent(&self) -> bool {
        let parties = &self.handoff.after.parties;
        let police = self.said.department.as_ref().unwrap_or(&parties.police);
        if self.type_of(police) != Some(DepartmentType::PublicSecurity) {
            return false;
        }
        is_competent(self.registry, &parties.agency, police)
    }

    pub(super) fn materials_are_complete(&self) -> bool {
        MaterialKind::ALL.iter().all(|kind| {
            let mut given = self.said.materials.iter().filter(|material| material.kind == *kind);
            given.clone().next().is_some()
                && given.all(|material| material.sha256.is_some() != is_absent(material))
        })
    }

    pub(super) fn goods_are_listed(&self) -> bool {
        let list = self.said.materials.iter().find(|material| material.kind == MaterialKind::GoodsList);
        list.is_none_or(|list| list.sha256.is_some() != self.said.goods.is_empty())
    }

    pub(super) fn extension_is_on(&self) -> bool {
        self.said.clock.is_some_and(|code| self.may_extend_by(code))
    }

    pub(super) fn may_be_extended(&self) -> bool {
        [HandoffClock::C07Seven, HandoffClock::C07Thirty].into_iter().any(|code| self.may_extend_by(code))
    }

    /// Whether the longer clock is switched on, and was not used in this case before.
    fn may_extend_by(&self, code: HandoffClock) -> bool {
        matches!(code, HandoffClock::C07Seven | HandoffClock::C07Thirty)
            && self.rules.clock(code).is_some_and(|rule| rule.on)
            && !self.has_run(code)
    }

    /// The runs of a clock that concern the lane.
    pub(super) fn runs(&self, code: HandoffClock) -> impl Iterator<Item = &HandoffClockRun> {
        let number = self.lane.number;
        let concerns = move |lane: Option<u32>| lane.is_none_or(|lane| lane == number);
        self.handoff.after.clocks.iter().filter(move |run| run.code == code && concerns(run.lane))
    }

    pub(super) fn has_run(&self, code: HandoffClock) -> bool {
        self.runs(code).any(|run| run.state != ClockState::Cancelled)
    }

    pub(super) fn runs_out(&self, code: HandoffClock) -> bool {
        self.runs(code).any(|run| run.has_run_out(self.now))
    }

    pub(super) fn owes_one_of(&self, codes: &[HandoffClock]) -> bool {
        let By::Organ(organ) = self.by else { return false };
        codes.iter().any(|code| self.runs(*code).any(|run| run.is_owed() && run.owner == *organ))
    }

    pub(super) fn notice_is_pending(&self) -> bool {
        let after = &self.handoff.after;
        let may = |notice: &Notice| match self.by {
            By::Organ(organ) => notice.to == *organ,
            By::System => notice.deemed_at <= self.now,
        };
        after.notices.iter().any(|notice| {
            Some(notice.number) == self.said.notice && notice.received_at.is_none() && may(notice)
        })
    }

    pub(super) fn duty_is_missed(&self) -> bool {
        self.handoff.after.clocks.iter().any(|run| {
            Some(run.code) == self.said.clock
                && Some(run.run) == self.said.run
                && run.lane == self.said.lanes.first().copied()
                && run.state == ClockState::Running
                && run.has_run_out(self.now)
                && self.rules.clock(run.code).is_some_and(HandoffClockRule::may_be_missed)
        })
    }

    pub(super) fn milestone_fits(&self) -> bool {
        let plays = |role| role::plays(self.by, role, &self.handoff.after, self.lane);
        let Some(milestone) = self.said.milestone else { return false };
        let is_theirs = match milestone {
            Milestone::Detention | Milestone::TransferForProsecution => plays(Role::Police),
            Milestone::Arrest => plays(Role::Police) || plays(Role::Procuratorate),
            Milestone::Prosecution => plays(Role::Procuratorate),
        };
        // Of the investigation only what is told to the sender is kept in the lane.
        let is_next = match milestone {
            Milestone::Detention | Milestone::Arrest | Milestone::TransferForProsecution => {
                self.lane.milestone.is_none()
            }
            Milestone::Prosecution => self.lane.milestone == Some(Milestone::TransferForProsecution),
        };
        is_theirs && is_next
    }

    pub(super) fn verdict_fits(&self) -> bool {
        let fine = self.said.fine_fen.unwrap_or(0);
        match self.said.verdict {
            // Beside a punishment an organ may still have to revoke a licence.
            Some(Verdict::Guilty) => true,
            Some(Verdict::Exempt | Verdict::NotGuilty) => fine == 0,
            None => false,
        }
    }

    pub(super) fn was_signed(&self) -> bool {
        let mut runs = self.runs(HandoffClock::C03).collect::<Vec<_>>();
        runs.sort_by_key(|run| run.run);
        runs.last().is_some_and(|run| matches!(run.state, ClockState::Met | ClockState::MetLate))
    }

    pub(super) fn fine_is_allowed(&self) -> bool {
        let fines = self.said.fine_fen.unwrap_or(0) > 0;
        let fined_by_court = self.lane.court_fine_fen.unwrap_or(0) > 0;
        !(fines && fined_by_court)
    }

    pub(super) fn is_unconfirmed(&self) -> bool {
        let By::Organ(organ) = self.by else { return false };
        self.lane.feedback.as_ref().is_some_and(|feedback| !feedback.confirmed.contains(organ))
    }
}

/// The head, or the deputy who presides over the work on that day.
pub(super) fn heads(approval: &Approval, today: NaiveDate) -> bool {
    match approval.post {
        ApproverPost::Head => true,
        ApproverPost::PresidingDeputy => {
            approval.presides_from.is_some_and(|from| from <= today)
                && approval.presides_to.is_none_or(|to| today <= to)
        }
        ApproverPost::Deputy | ApproverPost::PoliceHead | ApproverPost::ChiefProcurator => false,
    }
}

pub(super) fn is_judicial(kind: DepartmentType) -> bool {
    matches!(kind, DepartmentType::PublicSecurity | DepartmentType::Procuratorate | DepartmentType::Court)
}

/// Whether a body may decide on a penalty.
pub(in crate::handoff) fn is_administrative(kind: DepartmentType) -> bool {
    matches!(
        kind,
        DepartmentType::EnforcingOrgan
            | DepartmentType::Administrative
            | DepartmentType::Audit
            | DepartmentType::LegalSupervision
            | DepartmentType::Vertical
            | DepartmentType::Subdistrict
    )
}

/// A reason of blanks is none.
fn is_absent(material: &HandoffMaterial) -> bool {
    material.absent_because.as_ref().is_some_and(|reason| !reason.trim().is_empty())
}

/// Whether goods are those of a list, or say why they differ; each item of the list must appear.
pub(super) fn goods_as_listed(listed: &[Goods], offered: &[Goods]) -> bool {
    let same = |a: &Goods, b: &Goods| a.name == b.name && a.quantity == b.quantity && a.unit == b.unit;
    let is_there = |item: &Goods| offered.iter().any(|other| other.name == item.name);
    !offered.is_empty()
        && listed.iter().all(is_there)
        && offered
            .iter()
            .all(|item| item.difference.is_some() || listed.iter().any(|other| same(item, other)))
}

/// Whether two lists name the same goods, whatever their order.
pub(super) fn goods_agree(offered: &[Goods], received: &[Goods]) -> bool {
    let sorted = |goods: &[Goods]| {
        let mut items: Vec<_> =
            goods.iter().map(|item| (item.name.clone(), item.quantity.clone(), item.unit.clone())).collect();
        items.sort();
        items
    };
    sorted(offered) == sorted(received)
}
