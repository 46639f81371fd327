//! The registry that ships with the demo: it imports without an error and answers as its sources say.

use crate::{Fixture, department};
use domain::registry::{DepartmentType, LeadMode, Registry, Route};

const DEPARTMENTS: &str = include_str!("../../../casebus/data/departments.csv");
const GROUPS: &str = include_str!("../../../casebus/data/groups.csv");
const RESPONSIBILITIES: &str = include_str!("../../../casebus/data/responsibilities.csv");

pub async fn import(fixture: &Fixture) -> Registry {
    let reports = [
        (162, fixture.accounts.import_departments(DEPARTMENTS, true).await.unwrap()),
        (43, fixture.accounts.import_groups(GROUPS, true).await.unwrap()),
        (145, fixture.accounts.import_responsibilities(RESPONSIBILITIES, true).await.unwrap()),
    ];
    for (rows, report) in reports {
        assert!(report.is_clean(), "{:?}", report.errors);
        assert_eq!((report.rows, report.stored), (rows, rows));
    }
    fixture.accounts.load_registry().await.unwrap()
}

#[tokio::test]
async fn it_has_162_departments_and_145_responsibilities() {
    let registry = import(&Fixture::new().await).await;
    assert_eq!(registry.all().count(), 162);
    assert_eq!(registry.responsibilities().len(), 145);
    let of_mode = |mode| registry.responsibilities().iter().filter(|row| row.lead_mode == mode).count();
    assert_eq!(LeadMode::ALL.map(of_mode), [21, 22, 78, 10, 14, 0]);
    let unable: Vec<_> =
        registry.all().filter(|one| !one.can_receive()).map(|one| one.id.to_string()).collect();
    let sets = ["120106-jd", "210000-qzf", "210000-xsz", "210000-zfqd"];
    assert_eq!(unable, [sets.as_slice(), &["211382-gsj", "320100-qzf"]].concat());
}

#[tokio::test]
async fn importing_it_again_changes_nothing() {
    let fixture = Fixture::new().await;
    let first = import(&fixture).await;
    assert_eq!(first.version(), 3, "one step for each text");
    let again = import(&fixture).await;
    assert_eq!(again, first);
    assert_eq!(fixture.accounts.registry_version().await.unwrap(), 3);
}

#[tokio::test]
async fn every_row_that_may_route_reaches_its_lead_but_one_with_an_old_name() {
    let registry = import(&Fixture::new().await).await;
    let mut unrouted = Vec::new();
    for row in registry.responsibilities() {
        let route = registry.route(&row.division, &row.subject_matter);
        match row.lead_mode {
            LeadMode::Single | LeadMode::FirstExplicit | LeadMode::FirstAssumed => {
                let assumed = row.lead_mode == LeadMode::FirstAssumed;
                if route != (Route::Routed { to: row.leads[0].clone(), assumed }) {
                    unrouted.push(row.row_id.as_str());
                }
            }
            LeadMode::Multi | LeadMode::Collective | LeadMode::Unstated => {
                let Route::AskOffice { candidates, .. } = route else { panic!("{} routed", row.row_id) };
                assert!(candidates.len() > 1, "{}", row.row_id);
            }
        }
    }
    assert_eq!(unrouted, ["Y06"], "its lead is the old name of another department");
}

#[tokio::test]
async fn an_incomplete_set_says_so() {
    let registry = import(&Fixture::new().await).await;
    let cities = registry.expand_group(&department("210000-qzf")).unwrap();
    assert_eq!((cities.members.len(), cities.complete), (14, true));
    let bodies = registry.expand_group(&department("210000-xsz")).unwrap();
    assert_eq!((bodies.members.len(), bodies.complete), (5, false));
    let Route::AskOffice { candidates, complete } = registry.route("210000", "学习、举一反三查找问题")
    else {
        panic!("all together answer for this one");
    };
    assert_eq!((candidates.len(), complete), (19, false));
}

#[tokio::test]
async fn each_region_has_its_office_and_its_superior() {
    let registry = import(&Fixture::new().await).await;
    let office = |id: &str| registry.coordination_office(&department(id)).map(String::from);
    assert_eq!(office("320100-ybj").as_deref(), Some("320100-lxb"));
    assert_eq!(office("120106001-jd").as_deref(), Some("120106-lxb"));
    assert_eq!(office("211382-wjw").as_deref(), Some("211382-dcs"));
    assert_eq!(office("210100-rmzf").as_deref(), Some("210000-zsb"));
    assert_eq!(office("320000-rmzf").as_deref(), Some("320000-rmzf"), "there is no office above");
    let superior =
        |a: &str, b: &str| registry.common_superior(&department(a), &department(b)).map(String::from);
    assert_eq!(superior("320100-ybj", "320100-scj").as_deref(), Some("320100-lxb"));
    assert_eq!(
        superior("120106-wjw", "120106-scj").as_deref(),
        Some("120106-rmzf"),
        "the office sits in a party"
    );
    assert_eq!(superior("211382-wjw", "210000-ybj").as_deref(), Some("210000-zsb"));
    assert_eq!(superior("320100-wjw", "120106-wjw"), None, "no government stands above both");
    let province = registry.region(&department("210000-zsb"));
    assert!(province.contains(&department("211382-gaj")) && !province.contains(&department("320100-ybj")));
    let has_no_government = |kind| kind != DepartmentType::Group;
    assert!(
        registry
            .all()
            .filter(|one| has_no_government(one.department_type))
            .all(|one| office(one.id.as_str()).is_some())
    );
}
