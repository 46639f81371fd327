//! `casebus rules check`: whether a pack can be used, and what it changes against the one it inherits from.

use super::value::shown;
use super::{read, wrong};
use crate::command_line::Target;
use crate::connection::Connection;
use crate::terminal::say;
use domain::rule_pack::{Catalogue, RulePackError};
use std::collections::BTreeSet;
use std::path::Path;
use toml::{Table, Value};

/// Keys by which packs differ anyway, and clocks, which are compared one by one.
const NOT_COMPARED: [&str; 5] = ["id", "inherits", "vector", "clock", "effective_from"];

/// Checks a file and prints what it changes. Needs a database only where the pack inherits from a published one.
pub(super) async fn check(file: &Path, target: &Target) -> anyhow::Result<()> {
    let text = read(file)?;
    let mut catalogue = Catalogue::shipped();
    let names_a_target = target.data_dir.is_some() || target.config.is_some();
    let refused = match catalogue.add(&text) {
        Ok(_) if !names_a_target => None,
        Err(error) if !names_a_target && !matches!(error, RulePackError::ParentUnknown(..)) => Some(error),
        Ok(_) | Err(_) => match Connection::find(target) {
            Ok(connection) => {
                catalogue = connection.accounts().await?.load_rules().await?.catalogue().clone();
                catalogue.add(&text).err()
            }
            Err(failure) if names_a_target => return Err(failure),
            // Without a database only what ships is known.
            Err(_) => catalogue.add(&text).err(),
        },
    };
    if let Some(error) = refused {
        return Err(wrong::failure(file, &text, &error).into());
    }
    tell(&catalogue);
    Ok(())
}

/// Prints what the last pack of a catalogue changes.
fn tell(catalogue: &Catalogue) {
    let Some(pack) = catalogue.packs().last() else { return };
    let (id, clocks, vectors) = (&pack.id, pack.clocks.len(), pack.vectors.len());
    say(format!(
        "rule pack {id} can be used: {clocks} clocks, {vectors} test vectors hold \
         规则包 {id} 可用：{clocks} 个时限，{vectors} 个测试样例全部符合"
    ));
    let whole = catalogue.whole(id).unwrap_or_default();
    let Some(parent) = &pack.inherits else {
        say("it inherits from no other 不继承其他规则包");
        return;
    };
    say(format!("against {parent} 与 {parent} 相比："));
    let lines = changes(&catalogue.whole(parent).unwrap_or_default(), &whole);
    if lines.is_empty() {
        say("nothing is different 无变化");
    }
    for line in lines {
        say(line);
    }
}

/// Every key that differs, clock by clock, and then those of the pack itself.
fn changes(parent: &Table, whole: &Table) -> Vec<String> {
    let (before, after) = (clocks(parent), clocks(whole));
    let codes: BTreeSet<_> = before.iter().chain(&after).map(|(code, _)| *code).collect();
    let find = |clocks: &[(&str, &Table)], wanted: &str| {
        clocks.iter().find(|(code, _)| *code == wanted).map(|(_, clock)| (*clock).clone()).unwrap_or_default()
    };
    let of_clocks =
        codes.into_iter().flat_map(|code| of_table(code, &find(&before, code), &find(&after, code), &[]));
    of_clocks.chain(of_table("pack", parent, whole, &NOT_COMPARED)).collect()
}

fn of_table(name: &str, before: &Table, after: &Table, left_out: &[&str]) -> Vec<String> {
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let keys = keys
        .into_iter()
        .filter(|key| !left_out.contains(&key.as_str()) && before.get(*key) != after.get(*key));
    let value = |table: &Table, key| table.get(key).map_or_else(|| "–".to_owned(), shown);
    keys.map(|key| format!("{name}\t{key}: {} → {}", value(before, key), value(after, key))).collect()
}

/// The clocks of a pack by their codes.
fn clocks(pack: &Table) -> Vec<(&str, &Table)> {
    let clocks =
        pack.get("clock").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table);
    clocks.filter_map(|clock| Some((clock.get("code")?.as_str()?, clock))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::clock::ClockCode;

    #[test]
    fn what_differs_is_told_key_by_key_and_what_is_inherited_is_not() {
        let mut catalogue = Catalogue::shipped();
        let text = "id = \"nj\"\ninherits = \"cn-default-2026.2\"\njurisdiction = \"320100\"\n\
                    effective_from = \"2026-09-01\"\nonward_clue = false\n\
                    [[clock]]\ncode = \"T02\"\nperiod = { length = 2, unit = \"working_day\" }\narticle = \"local\"\n\
                    [[vector]]\nclock = \"T02\"\nstart = 2026-09-16T10:00:00+08:00\ndue_on = \"2026-09-18\"\n";
        catalogue.add(text).unwrap();
        let inherited = catalogue.packs().iter().find(|pack| pack.id == "cn-default-2026.2").unwrap();
        let article = inherited.clock(ClockCode::T02).unwrap().article.clone();
        let found = changes(&catalogue.whole("cn-default-2026.2").unwrap(), &catalogue.whole("nj").unwrap());
        let expected = [
            &format!("T02\tarticle: \"{article}\" → \"local\""),
            "T02\tperiod: { length = 1, unit = \"working_day\" } → { length = 2, unit = \"working_day\" }",
            "pack\tjurisdiction: \"cn\" → \"320100\"",
            "pack\tonward_clue: true → false",
        ];
        assert_eq!(found, expected);
    }
}
