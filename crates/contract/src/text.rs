//! Sentences for people, in Simplified Chinese and English, from the Fluent files in `texts/`.

use crate::problem::ProblemCode;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::OnceLock;
use unic_langid::{LanguageIdentifier, langid};

/// Source of the Chinese sentences.
pub const ZH_CN: &str = include_str!("../texts/zh-CN.ftl");
/// Source of the English sentences.
pub const EN: &str = include_str!("../texts/en.ftl");

/// A language in which casebus speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// Simplified Chinese, the default.
    #[default]
    ZhCn,
    /// English.
    En,
}

impl Locale {
    /// The language tag (RFC 5646).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// Chooses by `Accept-Language` (RFC 9110 section 12.5.4): the known language of the highest weight.
    pub fn negotiate(accept_language: Option<&str>) -> Self {
        let mut best: Option<(f32, Self)> = None;
        for range in accept_language.unwrap_or_default().split(',') {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q=").map(|q| q.parse().unwrap_or(0.0)))
                .unwrap_or(1.0);
            let locale = match tag.split('-').next() {
                Some("zh" | "*") => Self::ZhCn,
                Some("en") => Self::En,
                Some(_) | None => continue,
            };
            if weight > 0.0 && best.is_none_or(|(highest, _)| weight > highest) {
                best = Some((weight, locale));
            }
        }
        best.map_or(Self::default(), |(_, locale)| locale)
    }
}

/// Values that a sentence names, like `state` or `limit`.
pub type Arguments = Vec<(&'static str, String)>;

/// The sentence of a key; the key itself where a sentence is missing (a test makes sure that none is).
pub fn sentence(locale: Locale, key: &str, arguments: &Arguments) -> String {
    lookup(locale, key, None, arguments)
}

/// Title of a problem: the same for every occurrence.
pub fn problem_title(locale: Locale, code: ProblemCode) -> String {
    lookup(locale, &code.text_key(), None, &Arguments::new())
}

/// Detail of a problem: this occurrence, and what to do.
pub fn problem_detail(locale: Locale, code: ProblemCode, arguments: &Arguments) -> String {
    lookup(locale, &code.text_key(), Some("detail"), arguments)
}

fn lookup(locale: Locale, key: &str, attribute: Option<&str>, arguments: &Arguments) -> String {
    let bundle = bundle(locale);
    let Some(message) = bundle.get_message(key) else { return key.to_owned() };
    let pattern = match attribute {
        None => message.value(),
        Some(name) => message.get_attribute(name).map(|attribute| attribute.value()),
    };
    let Some(pattern) = pattern else { return key.to_owned() };
    let mut values = FluentArgs::new();
    for (name, value) in arguments {
        values.set(*name, FluentValue::from(value.as_str()));
    }
    let mut errors = Vec::new();
    bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned()
}

fn bundle(locale: Locale) -> &'static FluentBundle<FluentResource> {
    static CHINESE: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    static ENGLISH: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    match locale {
        Locale::ZhCn => CHINESE.get_or_init(|| build(langid!("zh-CN"), ZH_CN)),
        Locale::En => ENGLISH.get_or_init(|| build(langid!("en"), EN)),
    }
}

fn build(language: LanguageIdentifier, source: &str) -> FluentBundle<FluentResource> {
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{action::Action, state::TransferState};
    use std::collections::{BTreeMap, BTreeSet};

    /// Key (with attribute) → names of the values it uses.
    fn keys(source: &str) -> BTreeMap<String, BTreeSet<String>> {
        let (mut found, mut current) = (BTreeMap::<String, BTreeSet<String>>::new(), String::new());
        let mut message = String::new();
        for line in source.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            if let Some((key, _)) = line.split_once(" =") {
                let key = key.trim();
                if let Some(attribute) = key.strip_prefix('.') {
                    current = format!("{message}.{attribute}");
                } else {
                    message = key.to_owned();
                    current = message.clone();
                }
            }
            let names = line.split("{ $").skip(1).filter_map(|rest| rest.split_once(" }"));
            let used = found.entry(current.clone()).or_default();
            used.extend(names.map(|(name, _)| name.to_owned()));
        }
        found
    }

    #[test]
    fn both_languages_have_the_same_sentences_with_the_same_values() {
        assert_eq!(keys(ZH_CN), keys(EN));
    }

    #[test]
    fn the_files_are_well_formed() {
        for source in [ZH_CN, EN] {
            assert!(FluentResource::try_new(source.to_owned()).is_ok());
        }
    }

    #[test]
    fn every_problem_state_and_act_has_a_sentence_in_both_languages() {
        let (chinese, english) = (keys(ZH_CN), keys(EN));
        let mut wanted: Vec<String> = Vec::new();
        for code in ProblemCode::ALL {
            wanted.extend([code.text_key(), format!("{}.detail", code.text_key())]);
        }
        wanted.extend(TransferState::ALL.iter().map(|state| format!("state-{state}")));
        wanted.extend(Action::ALL.iter().map(|action| format!("action-{action}")));
        for key in wanted {
            assert!(chinese.contains_key(&key) && english.contains_key(&key), "no sentence for {key}");
        }
    }

    #[test]
    fn the_language_is_the_known_one_of_the_highest_weight() {
        assert_eq!(Locale::negotiate(None), Locale::ZhCn);
        assert_eq!(Locale::negotiate(Some("en-GB,en;q=0.9")), Locale::En);
        assert_eq!(Locale::negotiate(Some("en;q=0.5, zh-CN")), Locale::ZhCn);
        assert_eq!(Locale::negotiate(Some("fr, en;q=0.3")), Locale::En);
        assert_eq!(Locale::negotiate(Some("fr")), Locale::ZhCn);
    }
}
