//! `casebus rules check`: whether a pack can be used, and what it changes against the one it inherits from.

use super::value::shown;
use super::{must_say_where_it_holds, read, wrong};
use crate::command_line::Target;
use crate::connection::Connection;
use crate::terminal::say;
use domain::rule_pack::{Catalogue, RulePackError};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use toml::{Table, Value};

/// Keys by which packs differ anyway, and what is compared by itself.
const NOT_COMPARED: [&str; 7] =
    ["id", "inherits", "vector", "effective_from", "criminal", "clock", "standard"];
/// Lists that are compared entry by entry, each with the key that names an entry.
const LISTS: [(&str, &str); 2] = [("clock", "code"), ("standard", "id")];

/// Checks a file and prints what it changes. Needs a database only where the pack inherits from a published one.
pub(super) async fn check(file: &Path, target: &Target) -> anyhow::Result<()> {
    let text = read(file)?;
    must_say_where_it_holds(file, &text)?;
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
    let (jurisdiction, from) = (&pack.jurisdiction, pack.effective_from);
    say(format!("it holds in {jurisdiction} from {from} on 适用地区 {jurisdiction}，自 {from} 起施行"));
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

/// Every key that differs: of the pack, then of what it says of criminal handoffs.
fn changes(parent: &Table, whole: &Table) -> Vec<String> {
    let criminal = |pack: &Table| pack.get("criminal").and_then(Value::as_table).cloned().unwrap_or_default();
    let mut changes = of_section("pack", parent, whole);
    changes.extend(of_section("criminal", &criminal(parent), &criminal(whole)));
    changes
}

/// Every key that differs, clock by clock, standard by standard, and then those of the section itself.
fn of_section(name: &str, before: &Table, after: &Table) -> Vec<String> {
    let mut changes: Vec<_> =
        LISTS.into_iter().flat_map(|(list, key)| of_entries(list, key, before, after)).collect();
    changes.extend(of_table(name, before, after, &NOT_COMPARED));
    changes
}

fn of_entries(list: &str, key: &str, before: &Table, after: &Table) -> Vec<String> {
    let (before, after) = (entries(before, list, key), entries(after, list, key));
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let nothing = Table::new();
    let find =
        |entries: &BTreeMap<&str, &Table>, name| entries.get(name).copied().unwrap_or(&nothing).clone();
    names
        .into_iter()
        .flat_map(|name| of_table(name, &find(&before, *name), &find(&after, *name), &[]))
        .collect()
}

fn of_table(name: &str, before: &Table, after: &Table, left_out: &[&str]) -> Vec<String> {
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let keys = keys
        .into_iter()
        .filter(|key| !left_out.contains(&key.as_str()) && before.get(*key) != after.get(*key));
    let value = |table: &Table, key| table.get(key).map_or_else(|| "–".to_owned(), shown);
    keys.map(|key| format!("{name}\t{key}: {} → {}", value(before, key), value(after, key))).collect()
}

/// The entries of a list by the key that names them.
fn entries<'a>(section: &'a Table, list: &str, key: &str) -> BTreeMap<&'a str, &'a Table> {
    let entries =
        section.get(list).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table);
    entries.filter_map(|entry| Some((entry.get(key)?.as_str()?, entry))).collect()
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

    #[test]
    fn of_criminal_handoffs_too_only_what_differs_is_told() {
        let mut catalogue = Catalogue::shipped();
        let text = "id = \"nj\"\ninherits = \"cn-default-2026.2\"\njurisdiction = \"cn\"\n\
                    effective_from = \"2026-09-01\"\n\
                    [[vector]]\nclock = \"T02\"\nstart = 2026-09-16T10:00:00+08:00\ndue_on = \"2026-09-17\"\n\
                    [criminal]\nlegal_review = true\n\
                    [[criminal.clock]]\ncode = \"C07-7\"\non = true\narticle = \"local\"\n";
        catalogue.add(text).unwrap();
        let found = changes(&catalogue.whole("cn-default-2026.2").unwrap(), &catalogue.whole("nj").unwrap());
        let [article, on, legal_review] = found.as_slice() else { panic!("{found:#?}") };
        assert!(article.starts_with("C07-7\tarticle: ") && article.ends_with(" → \"local\""), "{article}");
        assert_eq!(on, "C07-7\ton: false → true");
        assert!(legal_review.starts_with("criminal\tlegal_review: ") && legal_review.ends_with(" → true"));
    }
}
