//! Wrong rows: where, what, and what became of the others.

use crate::{Fixture, department};
use accounts::{ImportReport, RowErrorCode as Code};

const HEADER: &str = "id,name,canonical_name,level,type,parent,host";

/// The text of a table of departments.
fn departments(rows: &[&str]) -> String {
    [&[HEADER], rows].concat().join("\n")
}

const GOOD: [&str; 3] = [
    "320100-ybj,医保局,医疗保障局,市,ADMIN_ENF,320100-rmzf,",
    "320100-rmzf,南京市人民政府,人民政府,市,GOVERNMENT,,",
    "320100-qzf,各区政府,各区人民政府(集合),区县,GROUP,,",
];

fn found(report: &ImportReport) -> Vec<(u64, &str, Code)> {
    report.errors.iter().map(|error| (error.line, error.column, error.code)).collect()
}

async fn with_departments() -> Fixture {
    let fixture = Fixture::new().await;
    let report = fixture.accounts.import_departments(&departments(&GOOD), true).await.unwrap();
    assert_eq!((report.rows, report.stored, report.changed), (3, 3, 3), "{:?}", report.errors);
    fixture
}

#[tokio::test]
async fn a_parent_may_come_later_in_the_text_or_be_stored_already() {
    let fixture = with_departments().await;
    let later = departments(&["320100-wjw,卫健委,卫生健康委,市,ADMIN_ENF,320100-rmzf,"]);
    assert!(fixture.accounts.import_departments(&later, true).await.unwrap().is_clean());
    assert_eq!(fixture.accounts.load_registry().await.unwrap().all().count(), 4);
}

#[tokio::test]
async fn every_wrong_field_is_reported_with_its_line_and_column() {
    let fixture = with_departments().await;
    let text = departments(&[
        "nanjing,,名,市,OFFICE,320100,",
        "320100-aaa,甲,甲,市,ADMIN,320999-rmzf,320100-zzz",
        "320100-bbb,乙,乙,市,ADMIN,320100-ybj,",
        "320100-ccc,丙,丙,市,ADMIN,320100-rmzf,",
        "320100-ccc,丙,丙,市,ADMIN,320100-rmzf,",
        "320100-ddd,丁,丁,市",
        "320100-eee,戊,\"戊\n戊\",市,ADMIN,320100-rmzf,",
        "320100-fff,己,己,市,ADMIN,320100-rmzf,320100-ggg",
        "320100-ggg,庚,庚,市,ADMIN,320100-rmzf,320100-fff",
    ]);
    let report = fixture.accounts.import_departments(&text, false).await.unwrap();
    let expected = [
        (2, "id", Code::MalformedId),
        (2, "name", Code::Empty),
        (2, "type", Code::UnknownType),
        (2, "parent", Code::MalformedId),
        (3, "parent", Code::UnknownParent),
        (3, "host", Code::UnknownHost),
        (4, "parent", Code::ParentNotAGovernment),
        (6, "id", Code::DuplicateId),
        (7, "", Code::WrongFieldCount),
        (8, "canonical_name", Code::ControlCharacter),
        (10, "host", Code::Circle),
        (11, "host", Code::Circle),
    ];
    assert_eq!(found(&report), expected);
    assert_eq!((report.rows, report.stored, report.changed), (9, 1, 1));
}

#[tokio::test]
async fn a_row_under_a_wrong_row_is_wrong_too() {
    let fixture = Fixture::new().await;
    let text = departments(&[
        "320102-wjw,卫健委,卫生健康委,区,ADMIN_ENF,320102-rmzf,",
        "320102-rmzf,玄武区人民政府,人民政府,区,GOVERNMENT,320100-rmzf,",
        "320100-rmzf,南京市人民政府,人民政府,市,CITY,,",
        "320000-rmzf,江苏省人民政府,人民政府,省,GOVERNMENT,,",
    ]);
    let report = fixture.accounts.import_departments(&text, false).await.unwrap();
    let expected = [
        (2, "parent", Code::UnknownParent),
        (3, "parent", Code::UnknownParent),
        (4, "type", Code::UnknownType),
    ];
    assert_eq!(found(&report), expected);
    let registry = fixture.accounts.load_registry().await.unwrap();
    assert_eq!(registry.all().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["320000-rmzf"]);
}

#[tokio::test]
async fn parents_in_a_circle_are_refused_also_across_what_is_stored() {
    let fixture = with_departments().await;
    let text = departments(&[
        "320102-rmzf,玄武区人民政府,人民政府,区,GOVERNMENT,320100-rmzf,",
        "320100-rmzf,南京市人民政府,人民政府,市,GOVERNMENT,320102-rmzf,",
    ]);
    let report = fixture.accounts.import_departments(&text, false).await.unwrap();
    assert!(report.errors.iter().all(|error| error.code == Code::Circle), "{:?}", report.errors);
    assert_eq!((report.errors.len(), report.stored), (2, 0));
}

#[tokio::test]
async fn a_government_under_which_departments_stand_stays_one() {
    let fixture = with_departments().await;
    let demoted = "320100-rmzf,南京市人民政府,人民政府,市,ADMIN,,";
    let report = fixture.accounts.import_departments(&departments(&[demoted]), false).await.unwrap();
    assert_eq!(found(&report), [(2, "type", Code::GovernmentNeeded)]);
    let moved = "320100-ybj,医保局,医疗保障局,市,ADMIN_ENF,320000-rmzf,";
    let superior = "320000-rmzf,江苏省人民政府,人民政府,省,GOVERNMENT,,";
    let text = departments(&[demoted, moved, superior]);
    let report = fixture.accounts.import_departments(&text, false).await.unwrap();
    assert!(report.is_clean(), "nobody stands under it any more: {:?}", report.errors);
}

#[tokio::test]
async fn a_strict_import_stores_all_or_nothing() {
    let fixture = Fixture::new().await;
    let text = departments(&[GOOD[1], "320100-aaa,甲,甲,市,OFFICE,320100-rmzf,"]);
    let strict = fixture.accounts.import_departments(&text, true).await.unwrap();
    assert_eq!((strict.rows, strict.stored, strict.changed, strict.errors.len()), (2, 0, 0, 1));
    assert_eq!(fixture.accounts.registry_version().await.unwrap(), 0);
    let lenient = fixture.accounts.import_departments(&text, false).await.unwrap();
    assert_eq!((lenient.rows, lenient.stored, lenient.changed, lenient.errors.len()), (2, 1, 1, 1));
    assert_eq!(fixture.accounts.registry_version().await.unwrap(), 1);
}

#[tokio::test]
async fn a_corrected_text_updates_what_it_changes() {
    let fixture = with_departments().await;
    let text = departments(&[GOOD[0], &GOOD[1].replace("南京市人民政府", "南京市政府"), GOOD[2]]);
    let report = fixture.accounts.import_departments(&text, true).await.unwrap();
    assert_eq!((report.stored, report.changed), (3, 1));
    let registry = fixture.accounts.load_registry().await.unwrap();
    assert_eq!(registry.department(&department("320100-rmzf")).unwrap().name, "南京市政府");
    assert_eq!(registry.version(), 2);
}

#[tokio::test]
async fn a_wrong_header_stops_the_import_with_one_error() {
    let fixture = Fixture::new().await;
    let text = departments(&GOOD).replace("type", "kind");
    let report = fixture.accounts.import_departments(&text, false).await.unwrap();
    assert_eq!(found(&report), [(1, "type", Code::WrongHeader)]);
    assert_eq!((report.rows, report.stored), (0, 0));
}

#[tokio::test]
async fn a_member_of_a_set_must_be_known_and_the_set_must_be_one() {
    let fixture = with_departments().await;
    let text = "group,member,complete\n320100-qzf,320100-rmzf,yes\n320100-qzf,320100-zzz,yes\n\
                320100-ybj,320100-rmzf,yes\n320100-xxx,320100-rmzf,yes\n320100-qzf,320100-rmzf,yes\n\
                320100-qzf,320100-ybj,maybe\n";
    let report = fixture.accounts.import_groups(text, false).await.unwrap();
    let expected = [
        (3, "member", Code::UnknownMember),
        (4, "group", Code::NotAGroup),
        (5, "group", Code::UnknownGroup),
        (6, "member", Code::DuplicateId),
        (7, "complete", Code::NotYesOrNo),
    ];
    assert_eq!(found(&report), expected);
    assert_eq!((report.rows, report.stored, report.changed), (6, 1, 1));
}

#[tokio::test]
async fn a_member_leaves_a_set_that_a_clean_text_describes_without_it() {
    let fixture = with_departments().await;
    let members = async || {
        let registry = fixture.accounts.load_registry().await.unwrap();
        registry.expand_group(&department("320100-qzf")).unwrap().members.len()
    };
    let both = "group,member,complete\n320100-qzf,320100-rmzf,yes\n320100-qzf,320100-ybj,yes\n";
    fixture.accounts.import_groups(both, true).await.unwrap();
    assert_eq!(members().await, 2);
    let with_error = "group,member,complete\n320100-qzf,320100-rmzf,yes\n320100-qzf,320100-yb,yes\n";
    fixture.accounts.import_groups(with_error, false).await.unwrap();
    assert_eq!(members().await, 2, "a text with errors removes nobody");
    let one = "group,member,complete\n320100-qzf,320100-rmzf,yes\n";
    assert_eq!(fixture.accounts.import_groups(one, true).await.unwrap().changed, 1);
    assert_eq!(members().await, 1);
}

#[tokio::test]
async fn a_responsibility_names_known_departments_and_fits_its_mode() {
    let fixture = with_departments().await;
    let text = "row,division,subject_matter,lead,participants,lead_mode,flag\n\
                J01,320100,信息公开,320100-ybj,320100-rmzf|320100-qzf,SINGLE,\n\
                J02,320100,信息公开,320100-ybj,,SINGLE,\n\
                J01,320100,网格化,320100-ybj,,SINGLE,\n\
                J03,南京,风险,320100-zzz|ybj,320100-yyy,FIRST,\n\
                J04,320100,信用,320100-ybj|320100-rmzf,,SINGLE,\n\
                J05,320100,督察,,,FIRST_ASSUMED,\n\
                J06,320100,,,,,\n";
    let report = fixture.accounts.import_responsibilities(text, false).await.unwrap();
    let expected = [
        (3, "subject_matter", Code::DuplicateSubjectMatter),
        (4, "row", Code::DuplicateId),
        (5, "division", Code::MalformedDivision),
        (5, "lead", Code::MalformedId),
        (5, "lead", Code::UnknownLead),
        (5, "participants", Code::UnknownParticipant),
        (5, "lead_mode", Code::UnknownLeadMode),
        (6, "lead", Code::WrongLeadCount),
        (7, "lead", Code::WrongLeadCount),
        (8, "subject_matter", Code::Empty),
    ];
    assert_eq!(found(&report), expected);
    assert_eq!((report.rows, report.stored, report.changed), (7, 1, 1));
    let registry = fixture.accounts.load_registry().await.unwrap();
    let stored = &registry.responsibilities()[0];
    assert_eq!(stored.leads, [department("320100-ybj")]);
    assert_eq!(stored.participants, [department("320100-rmzf"), department("320100-qzf")]);
}

#[tokio::test]
async fn two_imports_at_the_same_time_both_succeed() {
    let fixture = Fixture::new().await;
    let elsewhere = fixture.other_process();
    let (text, reversed) = (departments(&GOOD), departments(&[GOOD[2], GOOD[1], GOOD[0]]));
    let (one, two) = tokio::join!(
        fixture.accounts.import_departments(&text, true),
        elsewhere.import_departments(&reversed, true),
    );
    assert_eq!(one.unwrap().changed + two.unwrap().changed, 3);
}
