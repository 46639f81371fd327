//! What is wrong with a rule pack, where, and what to do, in both languages.

use crate::failure::Failure;
use domain::rule_pack::RulePackError;
use domain::rule_pack::criminal::CriminalRulesError;
use domain::rule_pack::read::{EXTENSION_LENGTH_MAX, EXTENSION_TIMES_MAX, LADDER_STEP_MAX};
use std::path::Path;

/// The failure of a file that cannot be used.
pub(super) fn failure(file: &Path, text: &str, error: &RulePackError) -> Failure {
    let file = file.display();
    let (english, chinese) = match line(text, error) {
        Some(line) => (format!("{file}, line {line}"), format!("{file} 第{line}行")),
        None => (file.to_string(), file.to_string()),
    };
    let said = match error {
        RulePackError::NotToml(source) => source.message().trim().to_owned(),
        // With the key in which it lies, after the message.
        RulePackError::Unreadable(source) => source.to_string().trim().replace('\n', " "),
        _ => String::new(),
    };
    let cause = if said.is_empty() { String::new() } else { format!(" ({said})") };
    Failure::new(
        format!("{english}: {error}{cause}{}", way_out(error)),
        format!("{chinese}：{}", in_chinese(error, &said)),
    )
}

/// What to do, where the error itself does not say it.
const fn way_out(error: &RulePackError) -> &'static str {
    match error {
        RulePackError::NotToml(_) => ": correct that line",
        RulePackError::Unreadable(_) => ": correct or remove it; the operator's guide lists every key",
        RulePackError::NoId => ": begin it with a line like id = \"320100-2026.1\"",
        RulePackError::Cycle(..) => ": inherit from an earlier one",
        RulePackError::EndBeforeStart { .. } => ": correct effective_from or effective_to",
        RulePackError::ClockTwice(_) => ": keep one of the two",
        RulePackError::UnknownCopyType(_) => ": use a type that GET /v1/departments shows",
        RulePackError::VectorFailed { .. } | RulePackError::Criminal(..) => {
            ": correct the clock or the vector"
        }
        RulePackError::SameDay { .. } => ": choose another effective_from",
        RulePackError::ControlCharacter(_) => ": write it without",
        RulePackError::IdTaken(_)
        | RulePackError::ReservedId(_)
        | RulePackError::IdMalformed(_)
        | RulePackError::SuspensionDays(_)
        | RulePackError::ParentUnknown(..)
        | RulePackError::Jurisdiction(_)
        | RulePackError::ClockIncomplete(_)
        | RulePackError::TooLong { .. }
        | RulePackError::ArticleMissing(_)
        | RulePackError::Extension(_)
        | RulePackError::OfficeCloses(_)
        | RulePackError::Ladder(_)
        | RulePackError::Lists
        | RulePackError::NoVectors(_) => "",
    }
}

fn in_chinese(error: &RulePackError, said: &str) -> String {
    match error {
        RulePackError::NotToml(_) => format!("不是有效的 TOML 文件（{said}）：请改正该行"),
        RulePackError::Unreadable(_) => {
            format!("有不认识的键或不合要求的值（{said}）：请改正或删去，可用的键见操作手册")
        }
        RulePackError::NoId => "规则包没有 id：请在开头写明，例如 id = \"320100-2026.1\"".to_owned(),
        RulePackError::IdTaken(id) => format!("已有规则包 {id}，规则包不可更改：请另起 id 发布"),
        RulePackError::IdMalformed(id) => {
            format!("id {id:?} 不可用：须为 1 至 60 个字母、数字、点和连字符，以字母或数字开头")
        }
        RulePackError::ControlCharacter(id) => format!("规则包 {id} 的文字含有控制字符：请删去"),
        RulePackError::SameDay { id, other, jurisdiction, day } => {
            format!(
                "规则包 {id} 与 {other} 同在 {jurisdiction} 于 {day} 生效，无法确定适用哪一个：请另选 effective_from"
            )
        }
        RulePackError::SuspensionDays(id) => format!("规则包 {id} 的 suspension_days 须在 1 至 366 之间"),
        RulePackError::ReservedId(id) => {
            format!("规则包 {id} 须另起 id：以 cn-default- 开头的 id 为 casebus 随附规则包保留")
        }
        RulePackError::ParentUnknown(id, parent) => {
            format!("规则包 {id} 继承的 {parent} 尚不存在：请先发布 {parent}")
        }
        RulePackError::Cycle(id, by) => format!("规则包 {id} 经由 {by} 继承了自己：请改为继承较早的规则包"),
        RulePackError::EndBeforeStart { id, from, to } => {
            format!("规则包 {id} 的截止日 {to} 早于生效日 {from}：请改正 effective_from 或 effective_to")
        }
        RulePackError::Jurisdiction(id) => {
            format!("规则包 {id} 须写明适用地区 jurisdiction：cn 或 6 至 12 位行政区划代码")
        }
        RulePackError::ClockTwice(code) => format!("时限 {code} 出现两次：请保留一个"),
        RulePackError::ClockIncomplete(code) => {
            format!("时限 {code} 须有时长、起算、终止和适用种类，warn_percent 须在 1 至 99 之间")
        }
        RulePackError::TooLong { code, unit, most } => {
            format!("时限 {code} 的时长以 {unit} 计不得超过 {most}")
        }
        RulePackError::ArticleMissing(code) => {
            format!("时限 {code} 须注明依据 article：出自哪一条规定，或者为何没有规定")
        }
        RulePackError::Extension(code) => {
            format!(
                "时限 {code} 的延期须写明每次延长的时长（1 至 {EXTENSION_LENGTH_MAX}，按自定日期的时限除外）\
                 和次数（1 至 {EXTENSION_TIMES_MAX}）"
            )
        }
        RulePackError::OfficeCloses(code) => {
            format!("时限 {code} 以下班时间为止：请在 office_closes 写明下班时间")
        }
        RulePackError::Ladder(id) => {
            format!("规则包 {id} 的督办阶梯每一级须间隔 1 至 {LADDER_STEP_MAX} 个工作日")
        }
        RulePackError::Criminal(id, wrong) => {
            format!("规则包 {id} 的 [criminal] 部分：{}", in_chinese_criminal(wrong))
        }
        RulePackError::Lists => "抄送规则须有类型和依据，材料须有名称".to_owned(),
        RulePackError::UnknownCopyType(to_type) => {
            format!("抄送规则所写类型 {to_type} 不在部门目录中：请改为 GET /v1/departments 所列的类型")
        }
        RulePackError::NoVectors(id) => {
            format!("规则包 {id} 须有测试样例 vector：至少一个，且每个改变了时长的时限各一个")
        }
        RulePackError::VectorFailed { clock, start, expected, found, .. } => {
            format!(
                "时限 {clock} 自 {start} 起算应于 {found} 届满，与样例所写 {expected} 不符：请改正时限或样例"
            )
        }
    }
}

fn in_chinese_criminal(wrong: &CriminalRulesError) -> String {
    match wrong {
        CriminalRulesError::ArticleMissing(row) => format!("{row} 须注明依据 article"),
        CriminalRulesError::Length(clock) => {
            format!("时限 {clock} 的时长须以小时、自然日、工作日或者月计，且不超过十年")
        }
        CriminalRulesError::NoVector(clock) => format!("时限 {clock} 改变了时长，须有测试样例 vector"),
        CriminalRulesError::VectorFailed { clock, start, expected, found } => {
            format!("时限 {clock} 自 {start} 起算应于 {found} 届满，与样例所写 {expected} 不符")
        }
    }
}

/// The line on which the error lies, as far as the text shows it.
fn line(text: &str, error: &RulePackError) -> Option<usize> {
    let first = |mark: &str| text.lines().position(|line| line.contains(mark)).map(|at| at + 1);
    let key = |name: &str| text.lines().position(|line| line.trim_start().starts_with(name)).map(|at| at + 1);
    let code = |code: &str| first(&format!("\"{code}\""));
    match error {
        RulePackError::NotToml(source) => {
            let before = source.span().and_then(|span| text.get(..span.start))?;
            Some(before.matches('\n').count() + 1)
        }
        RulePackError::Unreadable(source) => {
            let said = source.message();
            // What is missing stands on no line.
            if said.starts_with("missing") { None } else { first(said.split(['`', '"']).nth(1)?) }
        }
        RulePackError::Criminal(..) => first("[criminal]"),
        RulePackError::NoId
        | RulePackError::Lists
        | RulePackError::NoVectors(_)
        | RulePackError::ControlCharacter(_) => None,
        RulePackError::IdTaken(_) | RulePackError::ReservedId(_) | RulePackError::IdMalformed(_) => key("id"),
        RulePackError::SameDay { .. } => key("effective_from"),
        RulePackError::SuspensionDays(_) => key("suspension_days"),
        RulePackError::ParentUnknown(..) | RulePackError::Cycle(..) => key("inherits"),
        RulePackError::EndBeforeStart { .. } => key("effective_to"),
        RulePackError::Jurisdiction(_) => key("jurisdiction"),
        RulePackError::Ladder(_) => first("[ladder]"),
        RulePackError::ClockTwice(clock) => {
            let mark = format!("\"{}\"", clock.name());
            let lines = text.lines().enumerate().filter(|(_, line)| line.contains(&mark));
            lines.filter(|(_, line)| line.trim_start().starts_with("code")).nth(1).map(|(at, _)| at + 1)
        }
        RulePackError::ClockIncomplete(clock)
        | RulePackError::Extension(clock)
        | RulePackError::OfficeCloses(clock) => code(clock.name()),
        RulePackError::TooLong { code: clock, .. } => code(clock.name()),
        RulePackError::UnknownCopyType(to_type) => code(to_type),
        RulePackError::ArticleMissing(clock) => code(clock),
        RulePackError::VectorFailed { expected, .. } => first(&format!("due_on = \"{expected}\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::rule_pack::Catalogue;

    #[test]
    fn what_is_beyond_measure_or_reserved_is_told_in_both_languages() {
        let clock = "[[clock]]\ncode = \"T02\"\narticle = \"x\"\n";
        let (long, more) = (
            format!("{clock}period = {{ length = 2501, unit = \"working_day\" }}\n"),
            format!("{clock}extension = {{ length = 400, times = 1 }}\n"),
        );
        for (id, rest, english, chinese) in [
            ("cn-default-2027.1", "", "line 1: rule pack cn-default-2027.1 needs another id", "保留"),
            ("x", long.as_str(), "line 5: clock T02 may run for 2500", "不得超过 2500"),
            ("x", more.as_str(), "a length of 1 to 365", "1 至 365"),
            ("x", "[ladder]\nurge_every = 251\n", "takes 1 to 250 working days", "1 至 250 个工作日"),
            (
                "x",
                "[[copy]]\nkind = \"notice\"\nto_type = \"PROSECUTOR\"\narticle = \"x\"\n",
                "line 6: a copy rule names the type PROSECUTOR",
                "类型 PROSECUTOR 不在部门目录中",
            ),
        ] {
            let said = said_of(id, rest);
            assert!(said.contains(english) && said.contains(chinese), "{said}");
        }
    }

    fn said(rest: &str) -> String {
        said_of("x", rest)
    }

    /// What is said of a pack that is laid over the shipped one.
    fn said_of(id: &str, rest: &str) -> String {
        let text = format!(
            "id = \"{id}\"\ninherits = \"cn-default-2026.2\"\neffective_from = \"2026-09-01\"\n{rest}"
        );
        let error = Catalogue::shipped().add(&text).unwrap_err();
        crate::failure::sentences(&failure(Path::new("x.toml"), &text, &error).into())
    }

    #[test]
    fn the_line_and_the_way_out_are_told_in_both_languages() {
        let vector =
            "[[vector]]\nclock = \"T02\"\nstart = 2026-09-16T10:00:00+08:00\ndue_on = \"2026-09-18\"\n";
        for (rest, line, english, chinese) in [
            ("a b\n", 4, "not a TOML file", "请改正该行"),
            ("speed = 3\n", 4, "`speed`", "不认识的键"),
            ("effective_to = \"2026-08-31\"\n", 4, "correct effective_from", "早于生效日"),
            ("jurisdiction = \"Nanjing\"\n", 4, "a division code", "行政区划代码"),
            ("[[clock]]\ncode = \"T02\"\nwarn_percent = 90\n", 5, "needs an article", "注明依据"),
            (
                "[[clock]]\ncode = \"T02\"\narticle = \"x\"\nowner = \"nobody\"\n",
                7,
                "`nobody`",
                "不合要求的值",
            ),
            (vector, 7, "correct the clock or the vector", "请改正时限或样例"),
        ] {
            let said = said(rest);
            assert!(said.contains(&format!("x.toml, line {line}: ")), "{said}");
            assert!(said.contains(&format!("x.toml 第{line}行")), "{said}");
            assert!(said.contains(english) && said.contains(chinese), "{said}");
        }
    }
}
