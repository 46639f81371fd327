use super::*;

/// Start day, length, natural end, natural end rolled to a working day, n working days.
/// All were computed a second time, independently of this program, from the holiday notices.
const VECTORS: [(&str, u16, &str, &str, &str); 26] = [
    ("2026-09-29", 3, "2026-10-02", "2026-10-08", "2026-10-09"),
    ("2026-02-13", 3, "2026-02-16", "2026-02-24", "2026-02-25"),
    ("2026-04-30", 3, "2026-05-03", "2026-05-06", "2026-05-08"),
    ("2025-09-26", 5, "2025-10-01", "2025-10-09", "2025-10-10"),
    ("2024-02-08", 3, "2024-02-11", "2024-02-18", "2024-02-19"),
    ("2026-06-17", 3, "2026-06-20", "2026-06-22", "2026-06-23"),
    // An ordinary week: Monday and three days.
    ("2026-03-02", 3, "2026-03-05", "2026-03-05", "2026-03-05"),
    // Friday: one working day is Monday; the natural day is Saturday and rolls to Monday.
    ("2026-03-06", 1, "2026-03-07", "2026-03-09", "2026-03-09"),
    // Saturday as the start day.
    ("2026-03-07", 1, "2026-03-08", "2026-03-09", "2026-03-09"),
    // Sunday as the start day.
    ("2026-03-08", 5, "2026-03-13", "2026-03-13", "2026-03-13"),
    // The eve of the National Day holiday of 2026.
    ("2026-09-30", 1, "2026-10-01", "2026-10-08", "2026-10-08"),
    // Three days later in the holiday: the make-up Saturday 10 October counts.
    ("2026-10-08", 2, "2026-10-10", "2026-10-10", "2026-10-10"),
    ("2026-10-09", 1, "2026-10-10", "2026-10-10", "2026-10-10"),
    ("2026-10-09", 2, "2026-10-11", "2026-10-12", "2026-10-12"),
    // The make-up Sunday 20 September 2026 counts.
    ("2026-09-18", 1, "2026-09-19", "2026-09-20", "2026-09-20"),
    ("2026-09-19", 1, "2026-09-20", "2026-09-20", "2026-09-20"),
    // A start on a make-up Sunday.
    ("2026-09-20", 1, "2026-09-21", "2026-09-21", "2026-09-21"),
    // Across mid-autumn and National Day 2026.
    ("2026-09-24", 5, "2026-09-29", "2026-09-29", "2026-10-09"),
    // New Year 2026 with its make-up Sunday 4 January.
    ("2025-12-31", 1, "2026-01-01", "2026-01-04", "2026-01-04"),
    ("2026-01-02", 2, "2026-01-04", "2026-01-04", "2026-01-05"),
    // Spring Festival 2025: make-up days 26 January and 8 February.
    ("2025-01-24", 3, "2025-01-27", "2025-01-27", "2025-02-05"),
    ("2025-02-07", 1, "2025-02-08", "2025-02-08", "2025-02-08"),
    // Fifteen working days over the Labour Day holiday of 2026, with the make-up Saturday 9 May.
    ("2026-04-20", 15, "2026-05-05", "2026-05-06", "2026-05-13"),
    // The last day of February in a leap year.
    ("2024-02-28", 1, "2024-02-29", "2024-02-29", "2024-02-29"),
    // The Dragon Boat holiday of 2024 was a single Monday.
    ("2024-06-07", 1, "2024-06-08", "2024-06-11", "2024-06-11"),
    // Ninety natural days that end inside the National Day holiday.
    ("2026-07-04", 90, "2026-10-02", "2026-10-08", "2026-11-12"),
];

fn noon(day: &str) -> DateTime<Utc> {
    format!("{day}T12:00:00+08:00").parse().unwrap()
}

fn moment(text: &str) -> DateTime<Utc> {
    format!("{text}+08:00").parse().unwrap()
}

fn counting(length: u16, unit: Unit) -> Counting {
    Counting {
        period: Period { length, unit },
        start_rule: StartRule::NextDay,
        end_roll: EndRoll::NextWorkingDay,
        day_end: DayEnd::Midnight,
    }
}

fn count(length: u16, unit: Unit, start: DateTime<Utc>, pauses: &[Pause]) -> Arithmetic {
    counting(length, unit).count(start, Given { pauses, ..Given::default() }, &Calendar::national())
}

fn last_day(length: u16, unit: Unit, start: DateTime<Utc>, pauses: &[Pause]) -> String {
    civil::last_day_before(count(length, unit, start, pauses).due.at).to_string()
}

fn pause(from: DateTime<Utc>, to: DateTime<Utc>) -> Pause {
    Pause { from, to, reason: PauseReason::Appraisal }
}

#[test]
fn every_date_vector_holds() {
    for (start, n, natural, rolled, working) in VECTORS {
        let sum = count(n, Unit::NaturalDay, noon(start), &[]);
        assert_eq!(sum.counted_to.unwrap().to_string(), natural, "{start} + {n} natural");
        assert_eq!(last_day(n, Unit::NaturalDay, noon(start), &[]), rolled, "{start} + {n} rolled");
        assert_eq!(last_day(n, Unit::WorkingDay, noon(start), &[]), working, "{start} + {n} working");
    }
}

#[test]
fn a_start_one_second_before_midnight_and_one_at_midnight_are_a_day_apart() {
    assert_eq!(last_day(1, Unit::WorkingDay, moment("2026-03-03T23:59:59"), &[]), "2026-03-04");
    assert_eq!(last_day(1, Unit::WorkingDay, moment("2026-03-04T00:00:00"), &[]), "2026-03-05");
}

#[test]
fn hours_run_from_the_moment_through_nights_and_holidays() {
    let sum = count(24, Unit::Hour, noon("2026-09-30"), &[]);
    assert_eq!(sum.due, Due { at: noon("2026-10-01"), provisional: false });
}

#[test]
fn paused_days_do_not_count() {
    // Signed on Monday 2 March with five working days (due Monday 9 March); paused from Wednesday to Friday.
    let paused = pause(noon("2026-03-04"), noon("2026-03-06"));
    assert_eq!(last_day(5, Unit::WorkingDay, noon("2026-03-02"), &[]), "2026-03-09");
    assert_eq!(last_day(5, Unit::WorkingDay, noon("2026-03-02"), &[paused]), "2026-03-11");
    let within_a_day = pause(noon("2026-03-04"), noon("2026-03-04"));
    assert_eq!(last_day(5, Unit::WorkingDay, noon("2026-03-02"), &[within_a_day]), "2026-03-09");
    assert_eq!(count(24, Unit::Hour, noon("2026-03-02"), &[paused]).due.at, noon("2026-03-05"));
}

#[test]
fn after_a_pause_that_began_on_the_last_day_there_is_a_day_left() {
    // Five working days from Monday 2 March end on Monday 9 March; a pause from then to Wednesday leaves Thursday.
    let last = "2026-03-09";
    let counted =
        |from, to| last_day(5, Unit::WorkingDay, noon("2026-03-02"), &[pause(noon(from), noon(to))]);
    assert_eq!(counted(last, "2026-03-11"), "2026-03-12");
    assert_eq!(
        counted("2026-03-06", "2026-03-11"),
        "2026-03-12",
        "as if it had begun on the working day before"
    );
    assert_eq!(counted(last, "2026-03-13"), "2026-03-16", "over the weekend");
    assert_eq!(counted(last, last), last, "within the day it changes nothing");
    assert_eq!(counted("2026-03-10", "2026-03-12"), last, "too late is too late");
    // Seven natural days from 28 February end on Saturday 7 March, which rolls to Monday the 9th.
    let rolled = |from, to| last_day(7, Unit::NaturalDay, noon("2026-02-28"), &[pause(noon(from), noon(to))]);
    assert_eq!(rolled(last, last), last);
    assert_eq!(rolled(last, "2026-03-11"), "2026-03-12");
    assert_eq!(rolled("2026-03-08", "2026-03-13"), "2026-03-16");
    assert_eq!(rolled("2026-03-07", "2026-03-08"), last, "the day before a Monday counts");
    // What is granted afterwards comes on top of it; what was granted before made another day the last.
    let extended = |granted: &str| {
        let extension = Extension {
            by: ExtendedBy::Length(5),
            approved_by: DepartmentId::new("320100-ybj").unwrap(),
            granted_at: noon(granted),
        };
        let given = Given {
            extensions: &[extension],
            pauses: &[pause(noon(last), noon("2026-03-11"))],
            ..Given::default()
        };
        let due =
            counting(5, Unit::WorkingDay).count(noon("2026-03-02"), given, &Calendar::national()).due.at;
        civil::last_day_before(due).to_string()
    };
    assert_eq!(extended("2026-03-12"), "2026-03-19");
    assert_eq!(extended("2026-03-06"), "2026-03-18");
    // When the offices have closed on the last day, it is too late for a pause.
    let closes = DayEnd::OfficeCloses(NaiveTime::from_hms_opt(17, 30, 0).unwrap());
    let closing = Counting { day_end: closes, ..counting(5, Unit::WorkingDay) };
    let due = |from: &str| {
        let pauses = &[pause(moment(from), noon("2026-03-11"))];
        closing.count(noon("2026-03-02"), Given { pauses, ..Given::default() }, &Calendar::national()).due.at
    };
    assert_eq!(due("2026-03-09T17:29:00"), moment("2026-03-12T17:30:00"));
    assert_eq!(due("2026-03-09T17:30:00"), moment("2026-03-09T17:30:00"));
}

#[test]
fn a_due_moment_in_a_year_without_a_holiday_notice_is_provisional() {
    let due = |start: &str| count(15, Unit::WorkingDay, noon(start), &[]).due;
    assert!(!due("2026-12-10").provisional);
    assert!(due("2026-12-11").provisional);
    assert!(due("2026-12-31").provisional);
}

#[test]
fn a_month_from_the_last_of_january_ends_on_the_last_of_february_and_rolls_over_a_day_off() {
    // 28 February 2026 is a Saturday, and a make-up working day of Spring Festival.
    assert_eq!(last_day(1, Unit::Month, noon("2026-01-31"), &[]), "2026-02-28");
    // 28 February 2025 was a Friday; 29 February 2024 a Thursday.
    assert_eq!(last_day(1, Unit::Month, noon("2025-01-31"), &[]), "2025-02-28");
    assert_eq!(last_day(1, Unit::Month, noon("2024-01-31"), &[]), "2024-02-29");
    // 1 October 2026 lies in the National Day holiday.
    assert_eq!(last_day(1, Unit::Month, noon("2026-09-01"), &[]), "2026-10-08");
    let paused = pause(noon("2026-03-10"), noon("2026-03-13"));
    assert_eq!(
        last_day(1, Unit::Month, noon("2026-03-02"), &[paused]),
        "2026-04-07",
        "5 April rolls over 清明节"
    );
}

#[test]
fn a_count_may_begin_with_the_day_itself_not_roll_and_end_when_the_offices_close() {
    let closes = NaiveTime::from_hms_opt(17, 30, 0).unwrap();
    let odd = Counting {
        start_rule: StartRule::SameDay,
        end_roll: EndRoll::None,
        day_end: DayEnd::OfficeCloses(closes),
        ..counting(3, Unit::NaturalDay)
    };
    let sum = odd.count(noon("2026-09-30"), Given::default(), &Calendar::national());
    assert_eq!(sum.due.at, moment("2026-10-02T17:30:00"));
    assert_eq!(civil::last_day_before(sum.due.at).to_string(), "2026-10-02");
}

#[test]
fn extensions_add_in_the_clock_s_unit_or_run_to_a_named_day() {
    let extension = |by| Extension {
        by,
        approved_by: DepartmentId::new("320100-ybj").unwrap(),
        granted_at: noon("2026-03-04"),
    };
    let due = |extensions: &[Extension]| {
        let given = Given { extensions, ..Given::default() };
        let sum = counting(15, Unit::WorkingDay).count(noon("2026-03-02"), given, &Calendar::national());
        civil::last_day_before(sum.due.at).to_string()
    };
    assert_eq!(due(&[]), "2026-03-23");
    assert_eq!(due(&[extension(ExtendedBy::Length(15))]), "2026-04-14");
    let until = extension(ExtendedBy::Until("2026-04-20".parse().unwrap()));
    assert_eq!(due(&[extension(ExtendedBy::Length(15)), until]), "2026-04-20");
}

#[test]
fn every_day_that_is_left_out_or_made_up_for_is_named() {
    let sum = count(2, Unit::WorkingDay, noon("2026-10-07"), &[]);
    assert_eq!(sum.days, [], "8 and 9 October are ordinary days");
    let sum = count(3, Unit::WorkingDay, noon("2026-10-07"), &[]);
    let note = DayNote {
        day: "2026-10-10".parse().unwrap(),
        counts: true,
        reason: DayReason::MakeUp("国庆节".to_owned()),
    };
    assert_eq!(sum.days, [note], "the make-up Saturday counts");
    let sum = count(1, Unit::WorkingDay, noon("2026-09-24"), &[]);
    let left_out: Vec<_> = sum.days.iter().map(|note| note.day.to_string()).collect();
    assert_eq!(left_out, ["2026-09-25", "2026-09-26", "2026-09-27"]);
    assert_eq!(sum.days[0].reason, DayReason::Holiday("中秋节".to_owned()));
}
