//! Persons' names, identity numbers and the reporter are sealed before they become part of an event.

use super::new_terms::NewReporter;
use super::new_transfer::NewSubject;
use crate::answers::subject::{IDENTITY_NUMBER, NAME, SubjectKind};
use crate::answers::terms::{REPORTER_CONTACT, REPORTER_NAME};
use crate::problem::Problem;
use crate::writing::Writing;
use contract::event::{Organisation, Person, Reporter, Subject};

/// What was sealed.
pub(super) struct Sealed {
    /// The subjects, each person sealed under a key of its own.
    pub(super) subjects: Vec<Subject>,
    /// The reporter, under a key of its own.
    pub(super) reporter: Option<Reporter>,
}

/// Subjects and reporter as they stand in the event.
///
/// A repeat gets its first answer whatever it says now, so no keys are made for it.
pub(super) async fn seal(
    writing: &Writing,
    subjects: Vec<NewSubject>,
    reporter: Option<NewReporter>,
) -> Result<Sealed, Problem> {
    let has_person = reporter.is_some() || subjects.iter().any(|subject| subject.kind == SubjectKind::Person);
    if has_person && writing.app.desk.log().find_command(writing.request.id.0).await?.is_some() {
        return Ok(Sealed { subjects: Vec::new(), reporter: None });
    }
    let mut sealed = Vec::with_capacity(subjects.len());
    for subject in subjects {
        sealed.push(match subject.kind {
            SubjectKind::Organisation => {
                Subject::Organisation(Organisation { name: subject.name, uscc: subject.uscc })
            }
            SubjectKind::Person => Subject::Person(person(writing, &subject).await?),
        });
    }
    let reporter = match reporter {
        Some(reporter) => Some(sealed_reporter(writing, &reporter).await?),
        None => None,
    };
    Ok(Sealed { subjects: sealed, reporter })
}

async fn person(writing: &Writing, subject: &NewSubject) -> Result<Person, Problem> {
    let accounts = &writing.app.accounts;
    let key = accounts.new_subject_key().await?;
    let number = subject.identity_number.as_deref();
    Ok(Person {
        name: accounts.seal(&key, NAME, &subject.name)?,
        identity_number: number.map(|number| accounts.seal(&key, IDENTITY_NUMBER, number)).transpose()?,
    })
}

async fn sealed_reporter(writing: &Writing, reporter: &NewReporter) -> Result<Reporter, Problem> {
    let accounts = &writing.app.accounts;
    let key = accounts.new_subject_key().await?;
    let contact = reporter.contact.as_deref();
    Ok(Reporter {
        name: accounts.seal(&key, REPORTER_NAME, &reporter.name)?,
        contact: contact.map(|contact| accounts.seal(&key, REPORTER_CONTACT, contact)).transpose()?,
    })
}
