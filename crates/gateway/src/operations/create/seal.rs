//! Persons' names and identity numbers are sealed before they become part of an event.

use super::new_transfer::NewSubject;
use crate::answers::subject::{IDENTITY_NUMBER, NAME, SubjectKind};
use crate::problem::Problem;
use crate::writing::Writing;
use contract::event::{Organisation, Person, Subject};

/// The subjects as they stand in the event, each person sealed under a key of its own.
///
/// A repeat gets its first answer whatever it says now, so no keys are made for it.
pub(super) async fn seal(writing: &Writing, subjects: Vec<NewSubject>) -> Result<Vec<Subject>, Problem> {
    let has_person = subjects.iter().any(|subject| subject.kind == SubjectKind::Person);
    if has_person && writing.app.desk.log().find_command(writing.request.id.0).await?.is_some() {
        return Ok(Vec::new());
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
    Ok(sealed)
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
