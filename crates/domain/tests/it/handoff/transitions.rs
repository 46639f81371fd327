//! The state × event × role table: every act by every organ in every state, tried on the rules, against the committed
//! table and against the specification.

use super::given::{
    ADDRESSEE, AGENCY, CASEBUS, COMMISSION, COURT, FOREST_POLICE, OTHER_AGENCY, OTHER_COURT, OTHER_POLICE,
    OTHER_PROCURATORATE, POLICE, PROCURATORATE, SENDER, World, all_on,
};
use super::reach::worlds;
use super::saying::said_for;
use contract::handoff::{HandoffAct, HandoffClock, HandoffState, Milestone, Said};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::LazyLock;

pub const COMMITTED: &str = include_str!("../../handoff-table.txt");
const SPECIFIED: &str = include_str!("../../handoff-spec.csv");

const ORGANS: [&str; 14] = [
    AGENCY,
    ADDRESSEE,
    SENDER,
    POLICE,
    FOREST_POLICE,
    PROCURATORATE,
    COURT,
    COMMISSION,
    OTHER_AGENCY,
    OTHER_POLICE,
    OTHER_PROCURATORATE,
    OTHER_COURT,
    super::given::DISTRICT_POLICE,
    CASEBUS,
];

/// State, act, role, next state.
type Line = (HandoffState, HandoffAct, &'static str, HandoffState);

/// Everything that the rules let happen; tried once for all tests.
static ALLOWED: LazyLock<BTreeSet<Line>> = LazyLock::new(tried);

/// The part that an organ plays in the first lane.
fn part(world: &World, organ: &str) -> &'static str {
    let after = &world.handoff().after;
    let is = |id: Option<&contract::ids::DepartmentId>| id.is_some_and(|id| id.as_str() == organ);
    let reverse = world.lane(1).reverse.as_ref();
    if organ == CASEBUS {
        "casebus"
    } else if organ == COMMISSION {
        "commission"
    } else if is(reverse.map(|reverse| &reverse.addressee)) {
        "addressee"
    } else if is(Some(&after.parties.agency)) {
        "agency"
    } else if is(after.consultation.as_ref().map(|open| &open.with)) {
        "consulted"
    } else if is(after.parties.procuratorate.as_ref()) {
        "procuratorate"
    } else if is(after.parties.court.as_ref()) {
        "court"
    } else if is(Some(&after.parties.police)) {
        "police"
    } else if after.parties.earlier_police.iter().any(|police| police.as_str() == organ) {
        "earlier_police"
    } else if organ == SENDER {
        "sender"
    } else {
        "unrelated"
    }
}

/// What an act may say, where it depends on it whether it is possible.
fn sayings(world: &World, by: &str, act: HandoffAct) -> Vec<Said> {
    let said = said_for(world, by, act);
    match act {
        HandoffAct::Milestone => Milestone::ALL
            .iter()
            .map(|milestone| Said { milestone: Some(*milestone), ..said.clone() })
            .collect(),
        HandoffAct::ReviewExtension => [HandoffClock::C07Seven, HandoffClock::C07Thirty]
            .into_iter()
            .map(|clock| Said { clock: Some(clock), ..said.clone() })
            .collect(),
        _ => vec![said],
    }
}

/// Where the first lane stands after the act, where the act moves it.
fn next(world: &World, by: &str, act: HandoffAct, said: Said) -> Option<HandoffState> {
    let decision = world.decided(by, act, said).ok()?;
    let mut drafts = decision.drafts.iter().filter(|draft| draft.body.handoff.id == world.first);
    let draft = drafts.rfind(|draft| draft.body.event == act)?;
    let is_missed = act == HandoffAct::TimeLimitMiss && !matches!(world.state(), HandoffState::Split);
    let moves = is_missed || act == HandoffAct::NoticeReceipt || draft.body.data.lanes.contains(&1);
    let lane = draft.body.after.lanes.iter().find(|lane| lane.number == 1)?;
    moves.then_some(lane.state)
}

fn tried() -> BTreeSet<Line> {
    let mut lines = BTreeSet::new();
    for state in HandoffState::ALL {
        for world in worlds(&all_on(), *state) {
            for act in HandoffAct::ALL {
                for organ in ORGANS {
                    for said in sayings(&world, organ, *act) {
                        if let Some(next) = next(&world, organ, *act, said) {
                            lines.insert((*state, *act, part(&world, organ), next));
                        }
                    }
                }
            }
        }
    }
    lines
}

#[test]
fn every_act_by_every_organ_in_every_state_does_what_was_reviewed() {
    let mut table = String::new();
    for (state, act, role, next) in &*ALLOWED {
        let _ = writeln!(table, "{state} · {} · {role} → {next}", act.name());
    }
    if table != COMMITTED {
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/handoff-table.txt");
        std::fs::write(path, &table).unwrap();
        panic!("the table differs from tests/handoff-table.txt; review {path} and copy it there");
    }
}

/// A line of the specification; `None` stands for any.
struct Specified {
    state: Option<HandoffState>,
    act: HandoffAct,
    role: Option<&'static str>,
    next: Option<HandoffState>,
}

impl Specified {
    fn covers(&self, (state, act, role, next): &Line) -> bool {
        self.act == *act
            && self.state.map_or(!state.is_ended(), |own| own == *state)
            && self.role.is_none_or(|own| own == *role)
            && self.next.map_or(next == state, |own| own == *next)
    }
}

fn specified() -> Vec<Specified> {
    let lines = SPECIFIED.lines().skip(1).filter(|line| !line.starts_with('#'));
    let read = |line: &'static str| {
        let [_, state, act, role, next] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let state_of = |name: &str| {
            (name != "any").then(|| HandoffState::from_name(name).unwrap_or_else(|| panic!("{line}")))
        };
        Specified {
            state: state_of(state),
            act: HandoffAct::from_name(act).unwrap_or_else(|| panic!("{line}")),
            role: (role != "any").then_some(role),
            next: state_of(next),
        }
    };
    lines.map(read).collect()
}

#[test]
fn the_rules_allow_nothing_that_the_specification_does_not_list() {
    let specified = specified();
    let unlisted: Vec<_> =
        ALLOWED.iter().filter(|line| !specified.iter().any(|row| row.covers(line))).collect();
    assert!(unlisted.is_empty(), "{unlisted:#?}");
}

#[test]
fn the_rules_refuse_nothing_that_the_specification_lists() {
    let missing: Vec<_> = specified()
        .iter()
        .filter(|row| !ALLOWED.iter().any(|line| row.covers(line)))
        .map(|row| (row.state, row.act, row.role, row.next))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn all_rows_of_the_specification_are_there() {
    let listed: BTreeSet<u32> = SPECIFIED
        .lines()
        .filter_map(|line| line.split(',').next()?.trim_end_matches('+').parse().ok())
        .collect();
    assert_eq!(listed, (1..=48).collect());
}

#[test]
fn only_who_handed_a_case_back_names_another_organ_for_it() {
    for world in worlds(&all_on(), HandoffState::Dispute) {
        let issuer = &world.lane(1).reverse.as_ref().unwrap().issuer;
        for organ in ORGANS {
            let allows = world.allows(organ, HandoffAct::ReverseDesignation);
            assert_eq!(allows, organ == issuer.as_str(), "{organ}");
        }
    }
}
