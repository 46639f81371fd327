//! The arithmetic of a clock in words: one paragraph in each language, put together from the text files.

use super::clock_explanation::{SentencesAnswer, source_status};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use contract::clock::PauseReason;
use contract::event::ExtendedBy;
use contract::text::{Arguments, Locale, sentence};
use domain::civil;
use domain::counting::{Arithmetic, DayReason, StartRule};
use domain::period::{Period, Unit};
use domain::registry::Registry;
use domain::transfer::clocks::Explanation;

/// What is told of a clock, of a transfer or of a handoff.
pub(crate) struct Told<'a> {
    /// What the rule pack calls it.
    pub(crate) name: &'a str,
    /// Its code.
    pub(crate) code: &'static str,
    /// The arithmetic.
    pub(crate) arithmetic: &'a Arithmetic,
    /// Since when it stands still, and why.
    pub(crate) paused: Option<(DateTime<Utc>, PauseReason)>,
    /// The article.
    pub(crate) article: &'a str,
    /// How sure that is.
    pub(crate) status: &'static str,
    /// The rule pack.
    pub(crate) pack: &'a str,
}

impl<'a> From<&'a Explanation<'a>> for Told<'a> {
    fn from(explanation: &'a Explanation<'a>) -> Self {
        let Explanation { clock, rule, pack, arithmetic, paused } = explanation;
        Self {
            name: &rule.name,
            code: clock.code.name(),
            arithmetic,
            paused: *paused,
            article: &rule.article,
            status: source_status(rule.status),
            pack: &pack.id,
        }
    }
}

/// An explanation in both languages.
pub(crate) fn sentences(told: &Told<'_>, registry: &Registry) -> SentencesAnswer {
    let in_language = |locale| Words { told, registry, locale }.paragraph();
    SentencesAnswer { zh_cn: in_language(Locale::ZhCn), en: in_language(Locale::En) }
}

/// An explanation being put into a language.
struct Words<'a> {
    told: &'a Told<'a>,
    registry: &'a Registry,
    locale: Locale,
}

impl Words<'_> {
    fn paragraph(&self) -> String {
        let mut parts = vec![self.start()];
        parts.extend(self.extensions());
        parts.extend(self.days());
        parts.extend(self.paused_hours());
        parts.extend(self.roll());
        parts.push(self.end());
        if self.arithmetic().due.provisional {
            parts.push(self.say("clock-provisional", vec![]));
        }
        parts.push(self.source());
        match self.locale {
            Locale::ZhCn => parts.concat(),
            Locale::En => parts.join(" "),
        }
    }

    fn arithmetic(&self) -> &Arithmetic {
        self.told.arithmetic
    }

    #[expect(clippy::needless_pass_by_value, reason = "callers put the values together in place")]
    fn say(&self, key: &str, arguments: Arguments) -> String {
        sentence(self.locale, key, &arguments)
    }

    fn start(&self) -> String {
        let sum = self.arithmetic();
        let period = sum.counting.period;
        let key = match (period.unit, sum.counting.start_rule) {
            (Unit::Hour, _) => "clock-starts-moment",
            (Unit::OwnDates, _) => "clock-starts-own_day",
            (Unit::NaturalDay | Unit::WorkingDay | Unit::Month, StartRule::NextDay) => {
                "clock-starts-next_day"
            }
            (Unit::NaturalDay | Unit::WorkingDay | Unit::Month, StartRule::SameDay) => {
                "clock-starts-same_day"
            }
        };
        let named = vec![
            ("name", own_name(self.told.name, self.locale).to_owned()),
            ("code", self.told.code.to_owned()),
            ("start", minute(sum.started_at)),
            ("period", self.period(period)),
            ("day", sum.own_day.map(|day| day.to_string()).unwrap_or_default()),
        ];
        self.say(key, named)
    }

    fn period(&self, period: Period) -> String {
        let one = if period.length == 1 { "-one" } else { "" };
        let key = format!("clock-unit-{}{one}", period.unit.name());
        self.say(&key, vec![("length", period.length.to_string())])
    }

    fn extensions(&self) -> Vec<String> {
        let unit = self.arithmetic().counting.period.unit;
        let name_of =
            |id| self.registry.department(id).map_or_else(|| id.to_string(), |one| one.name.clone());
        let told = self.arithmetic().extensions.iter().map(|extension| {
            let by = ("by", name_of(&extension.approved_by));
            match extension.by {
                ExtendedBy::Length(length) => {
                    let period = self.period(Period { length, unit });
                    self.say("clock-extended-length", vec![by, ("period", period)])
                }
                ExtendedBy::Until(day) => {
                    self.say("clock-extended-until", vec![by, ("day", day.to_string())])
                }
            }
        });
        told.collect()
    }

    /// The days that were left out or made up for, those of one reason together.
    fn days(&self) -> Vec<String> {
        let mut groups: Vec<(&DayReason, Vec<NaiveDate>)> = Vec::new();
        let Arithmetic { days, rolled, .. } = self.arithmetic();
        let stood = rolled.iter().filter(|note| matches!(note.reason, DayReason::Paused(_)));
        for note in days.iter().chain(stood) {
            match groups.iter_mut().find(|(reason, _)| *reason == &note.reason) {
                Some((_, days)) => days.push(note.day),
                None => groups.push((&note.reason, vec![note.day])),
            }
        }
        let told = groups.into_iter().map(|(reason, days)| {
            let days = ("days", self.list(&days));
            match reason {
                DayReason::Weekend => self.say("clock-skipped-weekend", vec![days]),
                DayReason::Holiday(name) => {
                    self.say("clock-skipped-holiday", vec![("holiday", name.clone()), days])
                }
                DayReason::Paused(reason) => {
                    let reason = self.say(&format!("pause-{reason}"), vec![]);
                    self.say("clock-skipped-paused", vec![("reason", reason), days])
                }
                DayReason::MakeUp(name) => self.say("clock-made-up", vec![days, ("holiday", name.clone())]),
            }
        });
        told.collect()
    }

    /// The pauses of a clock that counts hours, each with its exact length.
    fn paused_hours(&self) -> Vec<String> {
        if self.arithmetic().counting.period.unit != Unit::Hour {
            return Vec::new();
        }
        let told = self.arithmetic().pauses.iter().map(|pause| {
            let reason = self.say(&format!("pause-{}", pause.reason), vec![]);
            let named = vec![("reason", reason), ("from", minute(pause.from)), ("to", minute(pause.to))];
            self.say("clock-paused-hours", named)
        });
        told.collect()
    }

    fn roll(&self) -> Option<String> {
        let day = self.arithmetic().counted_to?;
        let last = self.arithmetic().rolled.last()?.day.succ_opt()?;
        Some(self.say("clock-rolled", vec![("day", day.to_string()), ("last", last.to_string())]))
    }

    fn end(&self) -> String {
        match self.told.paused {
            Some((since, reason)) => {
                let reason = self.say(&format!("pause-{reason}"), vec![]);
                self.say("clock-paused-now", vec![("since", minute(since)), ("reason", reason)])
            }
            None => self.say("clock-due", vec![("due", end_of_time(self.arithmetic().due.at))]),
        }
    }

    fn source(&self) -> String {
        let Told { article, status, pack, arithmetic, .. } = self.told;
        let named = vec![
            ("article", own_article(article, self.locale).to_owned()),
            ("status", self.say(&format!("source-{status}"), vec![])),
            ("pack", (*pack).to_owned()),
            ("calendar", arithmetic.calendar.clone()),
        ];
        self.say("clock-source", named)
    }

    /// Days in order, those that follow each other as a stretch.
    fn list(&self, days: &[NaiveDate]) -> String {
        let mut stretches: Vec<(NaiveDate, NaiveDate)> = Vec::new();
        for day in days {
            match stretches.last_mut() {
                Some((_, last)) if last.succ_opt() == Some(*day) => *last = *day,
                Some(_) | None => stretches.push((*day, *day)),
            }
        }
        let told = stretches
            .into_iter()
            .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}–{last}") });
        told.collect::<Vec<_>>().join(match self.locale {
            Locale::ZhCn => "、",
            Locale::En => ", ",
        })
    }
}

/// The part of a clock's name in a language: packs write the Chinese name, a space and the English one.
pub(crate) fn own_name(name: &str, locale: Locale) -> &str {
    let parts = name.split_once(' ').filter(|(chinese, english)| {
        !chinese.is_ascii() && english.starts_with(|first: char| first.is_ascii_alphabetic())
    });
    match (parts, locale) {
        (Some((chinese, _)), Locale::ZhCn) => chinese,
        (Some((_, english)), Locale::En) => english,
        (None, Locale::ZhCn | Locale::En) => name,
    }
}

/// The part of an article in a language: packs may write it in Chinese, a bar and in English.
pub(crate) fn own_article(article: &str, locale: Locale) -> &str {
    match (article.split_once(" | "), locale) {
        (Some((chinese, _)), Locale::ZhCn) => chinese,
        (Some((_, english)), Locale::En) => english,
        (None, Locale::ZhCn | Locale::En) => article,
    }
}

/// A moment in Asia/Shanghai, to the minute.
fn minute(moment: DateTime<Utc>) -> String {
    moment.with_timezone(&civil::offset()).format("%Y-%m-%d %H:%M").to_string()
}

/// A moment at which something is over: 0:00 is said as 24:00 of the day before.
fn end_of_time(moment: DateTime<Utc>) -> String {
    if moment.with_timezone(&civil::offset()).time() == NaiveTime::MIN {
        return format!("{} 24:00", civil::last_day_before(moment));
    }
    minute(moment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::clock::ClockCode;
    use contract::ids::DepartmentId;
    use domain::Rules;
    use domain::counting::{Extension, Given, Pause};
    use domain::transfer::clocks::{Clock, Phase};

    fn at(text: &str) -> DateTime<Utc> {
        format!("{}:00+08:00", text.replace(' ', "T")).parse().unwrap()
    }

    fn clock(code: ClockCode, start: DateTime<Utc>) -> Clock {
        Clock {
            code,
            run: 1,
            owner: DepartmentId::new("320100-gaj").unwrap(),
            started_at: start,
            due_at: None,
            last_due_at: None,
            extensions_asked: 0,
            provisional: false,
            warn_at: None,
            calendar: None,
            pauses: Vec::new(),
            extensions: Vec::new(),
            phase: Phase::Running,
            missed: false,
            warned: Vec::new(),
            first_urged_at: None,
            urged_at: None,
            supervised_at: None,
            lateness: None,
        }
    }

    fn told(
        code: ClockCode,
        start: &str,
        given: Given<'_>,
        paused: Option<(DateTime<Utc>, PauseReason)>,
    ) -> SentencesAnswer {
        let rules = Rules::national();
        let pack = rules.pack("cn-default-2026.2").unwrap();
        let rule = pack.clock(code).unwrap();
        let clock = clock(code, at(start));
        let counting = pack.counting(rule, contract::kind::Urgency::Normal);
        let arithmetic = counting.count(clock.started_at, given, rules.calendar());
        let explanation = Explanation { clock: &clock, rule, pack, arithmetic, paused };
        sentences(&Told::from(&explanation), &Registry::default())
    }

    #[test]
    fn a_clock_that_was_paused_and_extended_over_the_national_day_says_how_it_was_counted() {
        let pauses = [Pause {
            from: at("2026-10-12 10:00"),
            to: at("2026-10-14 10:00"),
            reason: PauseReason::Appraisal,
        }];
        let extensions = [Extension {
            by: ExtendedBy::Length(15),
            approved_by: DepartmentId::new("320100-gaj").unwrap(),
            granted_at: at("2026-10-15 10:00"),
        }];
        let given = Given { own_day: None, extensions: &extensions, pauses: &pauses };
        let told = told(ClockCode::T07, "2026-09-29 10:00", given, None);
        assert_eq!(
            told.zh_cn,
            "核查立案（T07）自 2026-09-29 10:00 起算，期限 15 个工作日，开始当日不计入。经 320100-gaj 批准延长 15 个工作日。\
             扣除国庆节假期 2026-10-01–2026-10-07。调休上班日计入：2026-10-10（国庆节）。\
             扣除周末 2026-10-11、2026-10-17–2026-10-18、2026-10-24–2026-10-25、2026-10-31–2026-11-01、\
             2026-11-07–2026-11-08、2026-11-14–2026-11-15。\
             因鉴定、检验、检测中止，扣除 2026-10-13–2026-10-14。截止 2026-11-18 24:00。\
             依据：参数；负责人批准可延长 15 个工作日，再次延长由协调机构批准（由各地设定）；\
             规则包 cn-default-2026.2，日历 cn-2026。"
        );
        assert_eq!(
            told.en,
            "verify and decide on filing (T07) counts from 2026-09-29 10:00: 15 working days, the day of the start \
             not counted. 320100-gaj approved 15 working days more. \
             Days of the holiday 国庆节 left out: 2026-10-01–2026-10-07. \
             Make-up working days counted: 2026-10-10 (国庆节). \
             Weekend days left out: 2026-10-11, 2026-10-17–2026-10-18, 2026-10-24–2026-10-25, \
             2026-10-31–2026-11-01, 2026-11-07–2026-11-08, 2026-11-14–2026-11-15. \
             Suspended because of appraisal or testing, left out: 2026-10-13–2026-10-14. \
             It is due by 2026-11-18 24:00. \
             Source: parameter; one extension of 15 by the head, a second one by the office only \
             (set by each jurisdiction); rule pack cn-default-2026.2, calendar cn-2026."
        );
    }

    #[test]
    fn a_count_that_ends_on_a_day_off_or_stands_still_or_lies_in_an_unknown_year_says_so() {
        let rolled = told(ClockCode::T09b, "2026-07-04 10:00", Given::default(), None);
        assert!(
            rolled.zh_cn.contains("期满日 2026-10-02 为休息日，顺延至 2026-10-08。截止 2026-10-08 24:00。")
        );
        let pauses = [Pause {
            from: at("2026-10-08 09:00"),
            to: at("2026-10-12 09:00"),
            reason: PauseReason::Hearing,
        }];
        let given = Given { pauses: &pauses, ..Given::default() };
        let stood = told(ClockCode::T09b, "2026-07-04 10:00", given, None);
        assert!(stood.zh_cn.contains("2026-10-08–2026-10-10、2026-10-12"), "{}", stood.zh_cn);
        assert!(stood.zh_cn.contains("顺延至 2026-10-13"), "{}", stood.zh_cn);
        let since = at("2026-07-06 09:00");
        let paused =
            told(ClockCode::T09b, "2026-07-04 10:00", Given::default(), Some((since, PauseReason::Hearing)));
        assert!(
            paused.en.contains("It stands still since 2026-07-06 09:00 because of hearing;"),
            "{}",
            paused.en
        );
        assert!(!paused.en.contains("It is due"));
        let unknown = told(ClockCode::T02, "2028-03-01 10:00", Given::default(), None);
        assert!(unknown.zh_cn.contains("暂定") && unknown.en.contains("provisional"));
    }

    #[test]
    fn a_name_in_one_language_serves_both() {
        assert_eq!(own_name("签收 sign", Locale::ZhCn), "签收");
        assert_eq!(
            own_name("结果反馈最长期限 final feedback at the latest", Locale::En),
            "final feedback at the latest"
        );
        assert_eq!(own_name("verify and decide", Locale::ZhCn), "verify and decide");
        assert_eq!(own_name("签收", Locale::En), "签收");
    }
}
