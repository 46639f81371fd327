//! The stories: what departments send each other, told in `stories.toml`. Organisations and persons are invented.

use super::act::{Act, usual_outcome};
use super::minutes::Script;
use super::organisation;
use super::working_time::WorkingTime;
use anyhow::{Context, bail};
use contract::event::{OutcomeCode, Terms};
use contract::ids::{DepartmentId, TransferId};
use contract::kind::{Routing, Source, TransferKind, Urgency};
use domain::registry::{Registry, Route};
use domain::transfer::commands::SendTransfer;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error as ValueError;
use std::collections::BTreeMap;

const STORIES: &str = include_str!("stories.toml");

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stories {
    /// What is said with an act where a story does not say it itself; `{organisation}` stands for its organisation.
    texts: BTreeMap<Act, String>,
    /// What happens, by the name of the course: working days after the sending, and the act.
    courses: BTreeMap<String, Vec<String>>,
    story: Vec<Story>,
}

/// One transfer and what becomes of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    /// Working days before the demonstration begins.
    ago: usize,
    from: DepartmentId,
    /// The receiver; where it is missing, the responsibility matrix names it.
    to: Option<DepartmentId>,
    /// The subject matter in the responsibility matrix.
    subject_matter: Option<String>,
    #[serde(default = "clue")]
    kind: TransferKind,
    course: String,
    title: String,
    summary: String,
    organisation: Option<String>,
    /// First two characters of the organisation's code: 91 enterprise, 12 public institution, 52 private institution.
    #[serde(default = "enterprise")]
    code: String,
    person: Option<String>,
    other: Option<DepartmentId>,
    #[serde(default)]
    missing: Vec<String>,
    #[serde(default = "usual_outcome")]
    outcome: OutcomeCode,
    #[serde(default = "routine")]
    source: Source,
    #[serde(default)]
    urgent: bool,
    #[serde(default)]
    texts: BTreeMap<Act, String>,
}

const fn clue() -> TransferKind {
    TransferKind::ClueTransfer
}

const fn routine() -> Source {
    Source::RoutineInspection
}

fn enterprise() -> String {
    "91".to_owned()
}

/// The scripts of all stories; one that would begin in the future is left out.
pub(super) fn scripts(time: &WorkingTime, registry: &Registry) -> anyhow::Result<Vec<Script>> {
    let stories: Stories = toml::from_str(STORIES).context("the stories cannot be read")?;
    let mut scripts = Vec::new();
    for story in &stories.story {
        let script = script(story, &stories, time, registry);
        scripts.extend(script.with_context(|| format!("the story {}", story.title))?);
    }
    Ok(scripts)
}

fn script(
    story: &Story,
    stories: &Stories,
    time: &WorkingTime,
    registry: &Registry,
) -> anyhow::Result<Option<Script>> {
    let name = format!("{}-{}", story.from, story.title);
    let sent = time.days_ago(story.ago, &name);
    let Some(sent_at) = time.moment(sent) else { return Ok(None) };
    let (to, routing) = receiver(story, registry)?;
    let office = registry.office_between(&story.from, &to);
    let uscc = story.organisation.as_ref();
    let uscc = uscc.and_then(|name| organisation::code(&story.code, story.from.division().get(..6)?, name));
    let mut script = Script {
        sent_at,
        send: SendTransfer {
            id: TransferId(uuid::Uuid::nil()),
            kind: story.kind,
            from: story.from.clone(),
            to,
            office,
            routing,
            subject_matter: story.subject_matter.clone(),
            title: story.title.clone(),
            summary: story.summary.clone(),
            urgency: if story.urgent { Urgency::Urgent } else { Urgency::Normal },
            source: story.source,
            discovered_at: time.moment(time.days_ago(story.ago + 2, &name)),
            subjects: Vec::new(),
            deadline: None,
            terms: Terms::default(),
            from_receiver_of_origin: false,
        },
        together: None,
        organisation: story.organisation.clone().map(|name| (name, uscc)),
        person: story.person.clone(),
        other: story.other.clone(),
        missing: story.missing.clone(),
        outcome: story.outcome,
        texts: texts(story, stories),
        steps: Vec::new(),
        name,
    };
    let mut earlier = sent;
    for line in stories.courses.get(&story.course).context("there is no such course")? {
        let (days, act) = step(line)?;
        let slot = WorkingTime::after(sent, days, earlier, &format!("{}{line}", script.name));
        let Some(moment) = time.moment(slot) else { break };
        script.steps.push((moment, act));
        earlier = slot;
    }
    Ok(Some(script))
}

fn receiver(story: &Story, registry: &Registry) -> anyhow::Result<(DepartmentId, Routing)> {
    match (&story.to, &story.subject_matter) {
        (Some(to), _) => Ok((to.clone(), Routing::Named)),
        (None, None) => bail!("it names neither receiver nor subject matter"),
        (None, Some(subject_matter)) => match registry.route(story.from.division(), subject_matter) {
            Route::Routed { to, assumed: true } => Ok((to, Routing::Assumed)),
            Route::Routed { to, assumed: false } => Ok((to, Routing::Matrix)),
            Route::AskOffice { .. } | Route::UnknownSubjectMatter { .. } => {
                bail!("the matrix does not route it")
            }
        },
    }
}

/// A step like `12 interim`.
fn step(line: &str) -> anyhow::Result<(usize, Act)> {
    let (days, act) = line.split_once(' ').context("a step is a number of days and an act")?;
    let act: Result<Act, ValueError> = Act::deserialize(act.into_deserializer());
    Ok((days.parse()?, act?))
}

fn texts(story: &Story, stories: &Stories) -> BTreeMap<Act, String> {
    let organisation = story.organisation.as_deref().unwrap_or("当事单位");
    let usual = stories.texts.iter();
    let mut texts: BTreeMap<Act, String> =
        usual.map(|(act, text)| (*act, text.replace("{organisation}", organisation))).collect();
    texts.extend(story.texts.iter().map(|(act, text)| (*act, text.clone())));
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_story_has_a_course_and_no_title_stands_twice() {
        let stories: Stories = toml::from_str(STORIES).unwrap();
        assert!(stories.story.len() >= 60, "{} stories", stories.story.len());
        let mut titles = std::collections::BTreeSet::new();
        for story in &stories.story {
            let course = stories.courses.get(&story.course);
            for line in course.unwrap_or_else(|| panic!("{} has no course", story.title)) {
                step(line).unwrap();
            }
            assert!(titles.insert((&story.from, &story.title)), "{} stands twice", story.title);
        }
        for course in stories.courses.keys() {
            assert!(stories.story.iter().any(|story| story.course == *course), "nobody takes {course}");
        }
    }
}
