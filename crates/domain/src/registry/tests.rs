//! Small registries, built by hand.

use super::*;

fn id(text: &str) -> DepartmentId {
    DepartmentId::new(text).unwrap()
}

fn department(text: &str, department_type: DepartmentType, parent: &str, host: &str) -> Department {
    let optional = |text: &str| (!text.is_empty()).then(|| id(text));
    Department {
        id: id(text),
        name: text.to_owned(),
        canonical_name: text.to_owned(),
        level: "市".to_owned(),
        department_type,
        parent: optional(parent),
        host: optional(host),
    }
}

fn row(
    row_id: &str,
    matter: &str,
    lead_mode: LeadMode,
    leads: &[&str],
    participants: &[&str],
) -> Responsibility {
    Responsibility {
        division: "320100".to_owned(),
        row_id: row_id.to_owned(),
        subject_matter: matter.to_owned(),
        leads: leads.iter().map(|text| id(text)).collect(),
        participants: participants.iter().map(|text| id(text)).collect(),
        lead_mode,
        flag: String::new(),
    }
}

/// A province; under it one city with an office inside its health commission, and one city without an office;
/// under the first city one district without an office.
fn registry() -> Registry {
    use DepartmentType::{CoordinationOffice, EnforcingOrgan, Government, Group, Legacy};
    let departments = [
        department("320000-rmzf", Government, "", ""),
        department("320100-rmzf", Government, "320000-rmzf", ""),
        department("320100-wjw", EnforcingOrgan, "320100-rmzf", ""),
        department("320100-ybj", EnforcingOrgan, "320100-rmzf", ""),
        department("320100-scj", EnforcingOrgan, "320100-rmzf", ""),
        department("320100-gsj", Legacy, "320100-rmzf", ""),
        department("320100-lxb", CoordinationOffice, "320100-rmzf", "320100-wjw"),
        department("320100-qzf", Group, "", ""),
        department("320100-all", Group, "", ""),
        department("320102-rmzf", Government, "320100-rmzf", ""),
        department("320102-wjw", EnforcingOrgan, "320102-rmzf", ""),
        department("320200-rmzf", Government, "320000-rmzf", ""),
        department("320200-ybj", EnforcingOrgan, "320200-rmzf", ""),
        department("510000-rmzf", Government, "", ""),
    ];
    let groups = [
        DepartmentGroup { id: id("320100-qzf"), members: vec![id("320102-rmzf")], complete: true },
        DepartmentGroup {
            id: id("320100-all"),
            members: vec![id("320100-qzf"), id("320100-ybj"), id("320100-all")],
            complete: false,
        },
    ];
    let responsibilities = [
        row("J01", "单一", LeadMode::Single, &["320100-ybj"], &["320100-wjw"]),
        row("J02", "首位明确", LeadMode::FirstExplicit, &["320100-wjw"], &[]),
        row("J03", "首位推定", LeadMode::FirstAssumed, &["320100-scj"], &[]),
        row("J04", "多头", LeadMode::Multi, &["320100-wjw", "320100-ybj"], &["320100-scj"]),
        row("J05", "共同", LeadMode::Collective, &["320100-wjw"], &["320100-all"]),
        row("J06", "未写明", LeadMode::Unstated, &["320100-wjw"], &[]),
        row("J07", "集合牵头", LeadMode::Single, &["320100-qzf"], &[]),
        row("J08", "旧称牵头", LeadMode::FirstExplicit, &["320100-gsj"], &["320100-scj"]),
        row("J09", "写了两次", LeadMode::Single, &["320100-ybj"], &[]),
        row("J10", "写了两次", LeadMode::Single, &["320100-wjw"], &[]),
        row("J11", "没有牵头", LeadMode::Single, &[], &["320100-wjw"]),
    ];
    Registry::new(7, departments, groups, responsibilities)
}

#[test]
fn every_code_leads_back_to_its_type_and_mode() {
    for kind in DepartmentType::ALL {
        assert_eq!(DepartmentType::from_code(kind.code()), Some(kind));
    }
    for mode in LeadMode::ALL {
        assert_eq!(LeadMode::from_code(mode.code()), Some(mode));
    }
    assert_eq!(DepartmentType::from_code("admin"), None);
}

#[test]
fn sets_and_old_names_cannot_receive() {
    let unable: Vec<_> = DepartmentType::ALL.into_iter().filter(|kind| !kind.can_receive()).collect();
    assert_eq!(unable, [DepartmentType::Group, DepartmentType::Legacy]);
}

#[test]
fn the_chain_of_governments_runs_from_the_nearest_up() {
    let registry = registry();
    assert_eq!(
        registry.ancestors(&id("320102-wjw")),
        [id("320102-rmzf"), id("320100-rmzf"), id("320000-rmzf")]
    );
    assert_eq!(registry.ancestors(&id("320100-rmzf")), [id("320100-rmzf"), id("320000-rmzf")]);
    assert_eq!(registry.government_of(&id("320100-wjw")), Some(id("320100-rmzf")));
    assert_eq!(registry.government_of(&id("320100-qzf")), None);
    assert!(registry.ancestors(&id("999999-none")).is_empty());
}

#[test]
fn a_circle_of_parents_ends() {
    let circle = [
        department("320100-rmzf", DepartmentType::Government, "320102-rmzf", ""),
        department("320102-rmzf", DepartmentType::Government, "320100-rmzf", ""),
    ];
    let registry = Registry::new(1, circle, [], []);
    assert_eq!(registry.ancestors(&id("320100-rmzf")), [id("320100-rmzf"), id("320102-rmzf")]);
}

#[test]
fn the_office_of_the_nearest_common_government_decides() {
    let registry = registry();
    let decides = |a: &str, b: &str| registry.common_superior(&id(a), &id(b)).map(String::from);
    assert_eq!(decides("320100-ybj", "320100-scj").as_deref(), Some("320100-lxb"));
    assert_eq!(decides("320102-wjw", "320100-ybj").as_deref(), Some("320100-lxb"));
    assert_eq!(decides("320100-ybj", "320200-ybj").as_deref(), Some("320000-rmzf"), "no office there");
    assert_eq!(decides("320100-ybj", "510000-rmzf"), None, "nothing above both");
}

#[test]
fn nobody_decides_its_own_dispute() {
    let registry = registry();
    let decides = |a: &str, b: &str| registry.common_superior(&id(a), &id(b)).map(String::from);
    assert_eq!(
        decides("320100-wjw", "320100-ybj").as_deref(),
        Some("320100-rmzf"),
        "the office sits in a party"
    );
    assert_eq!(decides("320100-lxb", "320100-ybj").as_deref(), Some("320100-rmzf"), "the office is a party");
    assert_eq!(
        decides("320100-rmzf", "320100-ybj").as_deref(),
        Some("320000-rmzf"),
        "the government is a party"
    );
}

#[test]
fn a_department_answers_to_the_nearest_office_up_its_chain() {
    let registry = registry();
    assert_eq!(registry.coordination_office(&id("320102-wjw")), Some(id("320100-lxb")));
    assert_eq!(registry.coordination_office(&id("320100-lxb")), Some(id("320100-lxb")));
    assert_eq!(
        registry.coordination_office(&id("320200-ybj")),
        Some(id("320200-rmzf")),
        "no office anywhere"
    );
    assert_eq!(registry.coordination_office(&id("320100-qzf")), None);
}

#[test]
fn an_office_of_its_own_acts_before_one_that_sits_in_a_department() {
    let departments = [
        department("320100-rmzf", DepartmentType::Government, "", ""),
        department("320100-wjw", DepartmentType::EnforcingOrgan, "320100-rmzf", ""),
        department("320100-aaa", DepartmentType::CoordinationOffice, "320100-rmzf", "320100-wjw"),
        department("320100-dcs", DepartmentType::CoordinationOffice, "320100-rmzf", ""),
    ];
    let registry = Registry::new(1, departments, [], []);
    assert_eq!(registry.coordination_office(&id("320100-wjw")), Some(id("320100-dcs")));
}

#[test]
fn a_hosted_office_counts_as_its_host() {
    let registry = registry();
    assert!(registry.counts_as(&id("320100-lxb"), &id("320100-wjw")));
    assert!(registry.counts_as(&id("320100-wjw"), &id("320100-lxb")));
    assert!(registry.counts_as(&id("320100-wjw"), &id("320100-wjw")));
    assert!(!registry.counts_as(&id("320100-lxb"), &id("320100-ybj")));
    assert!(!registry.counts_as(&id("320100-wjw"), &id("320102-wjw")));
}

#[test]
fn an_office_oversees_everything_under_its_government() {
    let registry = registry();
    let office = id("320100-lxb");
    for inside in ["320100-wjw", "320100-rmzf", "320102-wjw"] {
        assert!(registry.in_region(&office, &id(inside)), "{inside}");
    }
    for outside in ["320000-rmzf", "320200-ybj", "320100-qzf", "510000-rmzf", "999999-none"] {
        assert!(!registry.in_region(&office, &id(outside)), "{outside}");
    }
    assert_eq!(registry.region(&id("320102-rmzf")), [id("320102-rmzf"), id("320102-wjw")]);
}

#[test]
fn a_set_is_opened_with_the_sets_inside_it_and_says_when_it_is_incomplete() {
    let registry = registry();
    let expansion = registry.expand_group(&id("320100-all")).unwrap();
    assert_eq!(expansion.members, [id("320100-ybj"), id("320102-rmzf")]);
    assert!(!expansion.complete);
    assert!(registry.expand_group(&id("320100-qzf")).unwrap().complete);
    assert_eq!(registry.expand_group(&id("320100-wjw")), None);
}

#[test]
fn only_a_row_with_one_known_lead_routes() {
    let registry = registry();
    let routed = |to: &str, assumed| Route::Routed { to: id(to), assumed };
    assert_eq!(registry.route("320100", "单一"), routed("320100-ybj", false));
    assert_eq!(registry.route("320100", "首位明确"), routed("320100-wjw", false));
    assert_eq!(registry.route("320100", "首位推定"), routed("320100-scj", true));
}

#[test]
fn other_rows_name_the_candidates() {
    let registry = registry();
    let ask = |candidates: &[&str], complete| Route::AskOffice {
        candidates: candidates.iter().map(|text| id(text)).collect(),
        complete,
    };
    assert_eq!(registry.route("320100", "多头"), ask(&["320100-wjw", "320100-ybj"], true));
    assert_eq!(registry.route("320100", "共同"), ask(&["320100-wjw", "320100-ybj", "320102-rmzf"], false));
    assert_eq!(registry.route("320100", "未写明"), ask(&["320100-wjw"], true));
    assert_eq!(
        registry.route("320100", "集合牵头"),
        ask(&["320102-rmzf"], true),
        "a set cannot be routed to"
    );
    assert_eq!(registry.route("320100", "旧称牵头"), ask(&["320100-scj"], true), "nor can an old name");
    assert_eq!(registry.route("320100", "写了两次"), ask(&["320100-ybj", "320100-wjw"], true));
    assert_eq!(registry.route("320100", "没有牵头"), ask(&["320100-wjw"], true));
}

#[test]
fn an_unknown_subject_matter_is_answered_with_the_known_ones_of_the_division() {
    let Route::UnknownSubjectMatter { known } = registry().route("320100", "单") else {
        panic!("a part of the text must not match");
    };
    assert_eq!(known.len(), 11);
    assert_eq!(known[0], "单一");
    assert_eq!(registry().route("510000", "单一"), Route::UnknownSubjectMatter { known: vec![] });
}
