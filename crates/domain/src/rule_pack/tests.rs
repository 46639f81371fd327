use super::*;
use crate::period::{Period, Unit};

/// A pack that inherits from the shipped one, with these further lines.
fn local(lines: &str) -> String {
    format!(
        "id = \"nj-2026.1\"\ninherits = \"cn-default-2026.2\"\njurisdiction = \"320100\"\n\
         effective_from = \"2026-06-01\"\n{lines}\n"
    )
}

/// A vector that holds by the shipped pack.
const VECTOR: &str =
    "[[vector]]\nclock = \"T02\"\nstart = \"2026-09-30T16:00:00+08:00\"\ndue_on = \"2026-10-08\"\n";

fn add(text: &str) -> Result<RulePack, RulePackError> {
    Catalogue::shipped().add(text).cloned()
}

fn shipped() -> RulePack {
    Catalogue::shipped().packs().last().unwrap().clone()
}

#[test]
fn the_shipped_packs_are_read_and_the_last_one_has_every_clock_once() {
    let catalogue = Catalogue::shipped();
    let ids: Vec<_> = catalogue.packs().iter().map(|pack| pack.id.as_str()).collect();
    assert_eq!(ids, ["cn-default-2026.1", "cn-default-2026.2"]);
    let pack = shipped();
    for code in ClockCode::ALL {
        assert!(pack.clock(*code).is_some(), "{code}");
    }
    assert_eq!(pack.clocks.len(), ClockCode::ALL.len());
    assert_eq!(pack.clocks.len(), 20);
}

#[test]
fn a_pack_keeps_what_it_inherits_and_changes_what_it_says() {
    let clock = "[[clock]]\ncode = \"T07\"\nperiod = { length = 10, unit = \"working_day\" }\narticle = \"本市规定 第三条\"\n\
                 [[vector]]\nclock = \"T07\"\nstart = \"2026-03-02T09:00:00+08:00\"\ndue_on = \"2026-03-16\"\n";
    let pack = add(&local(clock)).unwrap();
    let (t07, inherited) = (pack.clock(ClockCode::T07).unwrap(), shipped());
    assert_eq!(t07.period, Period { length: 10, unit: Unit::WorkingDay });
    assert_eq!(t07.article, "本市规定 第三条");
    assert_eq!(t07.pauses, inherited.clock(ClockCode::T07).unwrap().pauses, "inherited");
    assert_eq!(pack.clock(ClockCode::T03), inherited.clock(ClockCode::T03));
    assert_eq!(pack.vectors.len(), 1, "vectors are not inherited");
}

#[test]
fn a_pack_with_an_unknown_key_is_refused() {
    let refused = |text: &str| matches!(add(text), Err(RulePackError::Unreadable(_)));
    assert!(refused(&local(&format!("onwards_clue = true\n{VECTOR}"))));
    let clock = "[[clock]]\ncode = \"T07\"\nlenght = 3\narticle = \"第三条\"\n";
    assert!(refused(&local(&format!("{clock}{VECTOR}"))));
    assert!(matches!(add("id = "), Err(RulePackError::NotToml(_))));
    assert!(matches!(add("jurisdiction = \"cn\""), Err(RulePackError::NoId)));
}

#[test]
fn a_clock_without_an_article_is_refused_even_when_it_inherits_one() {
    let clock = "[[clock]]\ncode = \"T07\"\nperiod = { length = 10, unit = \"working_day\" }\n";
    let refused = add(&local(&format!("{clock}{VECTOR}")));
    assert!(matches!(refused, Err(RulePackError::ArticleMissing(code)) if code == "T07"));
    let blank = format!("{clock}article = \" \"\n{VECTOR}");
    assert!(matches!(add(&local(&blank)), Err(RulePackError::ArticleMissing(_))));
}

#[test]
fn a_pack_that_inherits_from_itself_or_from_nobody_is_refused() {
    let itself = local(VECTOR).replace("cn-default-2026.2", "nj-2026.1");
    assert!(matches!(add(&itself), Err(RulePackError::Cycle(_, _))));
    let nobody = local(VECTOR).replace("cn-default-2026.2", "js-2026.1");
    let refused = add(&nobody);
    assert!(matches!(refused, Err(RulePackError::ParentUnknown(_, parent)) if parent == "js-2026.1"));
    let taken = local(VECTOR).replacen("nj-2026.1", "cn-default-2026.1", 1);
    assert!(matches!(add(&taken), Err(RulePackError::IdTaken(_))));
}

#[test]
fn a_longer_cycle_of_inheritance_is_found_through_every_link() {
    let mut catalogue = Catalogue::shipped();
    let pack =
        |id: &str, parent: &str| local(VECTOR).replace("nj-2026.1", id).replace("cn-default-2026.2", parent);
    catalogue.add(&pack("a", "cn-default-2026.2")).unwrap();
    catalogue.add(&pack("b", "a").replace("2026-06-01", "2026-06-02")).unwrap();
    // A pack never changes, so a cycle can only close over one that is not known yet.
    assert!(matches!(catalogue.add(&pack("a", "b")), Err(RulePackError::IdTaken(_))));
    assert!(matches!(catalogue.add(&pack("c", "c")), Err(RulePackError::Cycle(_, _))));
}

#[test]
fn an_end_before_the_start_is_refused() {
    let refused = add(&local(&format!("effective_to = \"2026-05-31\"\n{VECTOR}")));
    assert!(matches!(refused, Err(RulePackError::EndBeforeStart { .. })));
    let pack = add(&local(&format!("effective_to = \"2026-06-30\"\n{VECTOR}"))).unwrap();
    let day = |text: &str| text.parse().unwrap();
    assert!(pack.is_in_force(day("2026-06-30")) && !pack.is_in_force(day("2026-07-01")));
}

#[test]
fn a_pack_whose_vectors_fail_or_are_missing_is_refused() {
    let wrong = VECTOR.replace("2026-10-08", "2026-10-01");
    let refused = add(&local(&wrong));
    let Err(RulePackError::VectorFailed { clock, found, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!((clock, found.as_str()), (ClockCode::T02, "2026-10-08"));
    assert!(matches!(add(&local("")), Err(RulePackError::NoVectors(_))));
    let clock =
        "[[clock]]\ncode = \"T07\"\nperiod = { length = 10, unit = \"working_day\" }\narticle = \"第三条\"\n";
    assert!(matches!(add(&local(&format!("{clock}{VECTOR}"))), Err(RulePackError::NoVectors(_))));
}

#[test]
fn lengths_extensions_office_hours_lists_and_the_ladder_are_checked() {
    let with = |lines: &str| add(&local(&format!("{lines}\n{VECTOR}")));
    let clock = |lines: &str| with(&format!("[[clock]]\ncode = \"T09\"\narticle = \"第三条\"\n{lines}"));
    assert!(matches!(clock("warn_percent = 100"), Err(RulePackError::ClockIncomplete(ClockCode::T09))));
    assert!(matches!(clock("stops_on = []"), Err(RulePackError::ClockIncomplete(ClockCode::T09))));
    assert!(matches!(clock("extension = { times = 1 }"), Err(RulePackError::Extension(ClockCode::T09))));
    assert!(matches!(
        clock("extension = { length = 5, times = 0 }"),
        Err(RulePackError::Extension(ClockCode::T09))
    ));
    assert!(clock("day_end = \"office_hours\"").is_ok(), "the shipped pack says when the offices close");
    assert!(matches!(with("jurisdiction_ = 1"), Err(RulePackError::Unreadable(_))));
    assert!(matches!(
        with("[ladder]\nurge_every = 0\nsupervise_after = 5\ncriticise_after = 10"),
        Err(RulePackError::Ladder(_))
    ));
    let copy = "[[copy]]\nkind = \"case_referral\"\nto_type = \"LEGAL_SUPERVISION\"\narticle = \"\"";
    assert!(matches!(with(copy), Err(RulePackError::Lists)));
    let place = local(VECTOR).replace("\"320100\"", "\"Nanjing\"");
    assert!(matches!(add(&place), Err(RulePackError::Jurisdiction(_))));
}

#[test]
fn a_clock_stands_once_in_a_pack_of_its_own() {
    let text = include_str!("../../packs/cn-default-2026.2.toml").replacen(
        "cn-default-2026.2\"\njur",
        "x\"\njur",
        1,
    );
    let doubled = text.replace("code = \"T03\"", "code = \"T02\"");
    let mut catalogue = Catalogue::default();
    assert!(matches!(catalogue.add(&doubled), Err(RulePackError::ClockTwice(ClockCode::T02))));
}

#[test]
fn a_stored_pack_is_read_again_although_what_it_was_checked_by_has_changed() {
    let wrong = local(&VECTOR.replace("2026-10-08", "2026-10-01"));
    assert!(matches!(add(&wrong), Err(RulePackError::VectorFailed { .. })));
    let mut catalogue = Catalogue::shipped();
    assert_eq!(catalogue.restore(&wrong).unwrap().id, "nj-2026.1");
    assert!(matches!(catalogue.restore(&wrong), Err(RulePackError::IdTaken(_))));
    let unreadable = local("speed = 3").replace("nj-2026.1", "x");
    assert!(matches!(catalogue.restore(&unreadable), Err(RulePackError::Unreadable(_))));
}

#[test]
fn the_ids_of_the_shipped_packs_are_kept_for_them() {
    let reserved = local(VECTOR).replacen("nj-2026.1", "cn-default-2027.1", 1);
    assert!(matches!(add(&reserved), Err(RulePackError::ReservedId(id)) if id == "cn-default-2027.1"));
}

#[test]
fn lengths_extensions_and_steps_beyond_all_measure_and_unknown_types_are_refused() {
    let with = |lines: &str| add(&local(&format!("{lines}\n{VECTOR}")));
    let clock = |lines: &str| with(&format!("[[clock]]\ncode = \"T09\"\narticle = \"第三条\"\n{lines}"));
    let length =
        |unit: &str, length: u32| clock(&format!("urgent = {{ length = {length}, unit = \"{unit}\" }}"));
    for (unit, most) in [("natural_day", 3_650), ("working_day", 2_500), ("month", 120)] {
        assert!(length(unit, most).is_ok(), "{unit}");
        assert!(matches!(length(unit, most + 1), Err(RulePackError::TooLong { code: ClockCode::T09, .. })));
    }
    assert!(length("hour", u32::from(u16::MAX)).is_ok());
    let extension =
        |length: u32, times: u32| clock(&format!("extension = {{ length = {length}, times = {times} }}"));
    assert!(extension(365, 10).is_ok());
    for (length, times) in [(366, 10), (365, 11)] {
        assert!(matches!(extension(length, times), Err(RulePackError::Extension(ClockCode::T09))));
    }
    let ladder = |step: u32| with(&format!("[ladder]\nsupervise_after = {step}"));
    assert!(ladder(250).is_ok());
    assert!(matches!(ladder(251), Err(RulePackError::Ladder(_))));
    let copy = |to_type: &str| {
        with(&format!("[[copy]]\nkind = \"notice\"\nto_type = \"{to_type}\"\narticle = \"第三条\""))
    };
    assert!(copy("PROCURATORATE").is_ok());
    assert!(matches!(copy("procuratorate"), Err(RulePackError::UnknownCopyType(_))));
}

#[test]
fn an_id_that_fits_nowhere_a_control_character_and_a_clock_that_stands_twice_are_refused() {
    for id in ["", "../nj", "nj 2026", "-nj"] {
        let text = local(VECTOR).replacen("nj-2026.1", id, 1);
        assert!(matches!(add(&text), Err(RulePackError::IdMalformed(_))), "{id:?}");
    }
    let clock = |name: &str| format!("[[clock]]\ncode = \"T09\"\nname = \"{name}\"\narticle = \"第三条\"\n");
    let odd = local(&format!("{}{VECTOR}", clock("反馈\\u0000")));
    assert!(matches!(add(&odd), Err(RulePackError::ControlCharacter(_))));
    let twice = local(&format!("{}{}{VECTOR}", clock("反馈"), clock("结果")));
    assert!(matches!(add(&twice), Err(RulePackError::ClockTwice(ClockCode::T09))));
    let for_ever = local(&format!("suspension_days = 9999\n{VECTOR}"));
    assert!(matches!(add(&for_ever), Err(RulePackError::SuspensionDays(_))));
}

#[test]
fn two_packs_of_one_jurisdiction_do_not_begin_on_the_same_day() {
    let mut catalogue = Catalogue::shipped();
    catalogue.add(&local(VECTOR)).unwrap();
    let second = local(VECTOR).replacen("nj-2026.1", "nj-2026.2", 1);
    assert!(matches!(catalogue.add(&second), Err(RulePackError::SameDay { .. })));
    assert!(catalogue.add(&second.replace("2026-06-01", "2026-06-02")).is_ok());
}

#[test]
fn a_ladder_is_inherited_step_by_step() {
    let mut catalogue = Catalogue::shipped();
    catalogue.add(&local(&format!("[ladder]\nurge_every = 2\n{VECTOR}"))).unwrap();
    let child = local(&format!("[ladder]\nsupervise_after = 4\n{VECTOR}"));
    let child = child.replacen("nj-2026.1", "nj-2026.2", 1).replace("2026-06-01", "2026-07-01");
    let pack = catalogue.add(&child.replace("cn-default-2026.2", "nj-2026.1")).unwrap();
    assert_eq!((pack.ladder.urge_every, pack.ladder.supervise_after), (2, 4));
}
