//! Whom a transfer is about, opened for those who may read it.

use crate::app::App;
use crate::problem::Problem;
use contract::event::Subject;
use contract::sealed::Sealed;
use contract::uscc::Uscc;
use serde::Serialize;
use utoipa::ToSchema;

/// The field under which a person's name is sealed.
pub(crate) const NAME: &str = "name";
/// The field under which a person's identity number is sealed.
pub(crate) const IDENTITY_NUMBER: &str = "identity_number";

/// Whom a transfer is about.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = TransferSubject)]
pub(crate) struct SubjectAnswer {
    /// Organisation or person.
    pub(crate) kind: SubjectKind,
    /// The name. Of a person: `null` for those who are no party to the transfer, and when the person's key was
    /// destroyed.
    pub(crate) name: Option<String>,
    /// Unified social credit code of an organisation, when known.
    pub(crate) uscc: Option<Uscc>,
    /// Identity number of a person, when known; `null` like the name.
    pub(crate) identity_number: Option<String>,
}

/// Organisation or person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SubjectKind {
    /// 单位.
    Organisation,
    /// 个人.
    Person,
}

impl crate::fields::Choice for SubjectKind {
    fn names() -> Vec<&'static str> {
        vec!["organisation", "person"]
    }

    fn choose(name: &str) -> Option<Self> {
        match name {
            "organisation" => Some(Self::Organisation),
            "person" => Some(Self::Person),
            _ => None,
        }
    }
}

/// The subjects, with the persons' data opened if the caller is a party.
pub(crate) async fn open(
    app: &App,
    subjects: &[Subject],
    for_party: bool,
) -> Result<Vec<SubjectAnswer>, Problem> {
    let mut values = Vec::new();
    if for_party {
        values.extend(subjects.iter().flat_map(sealed));
    }
    let opened = if values.is_empty() { Vec::new() } else { app.accounts.open_all(&values).await? };
    let mut opened = opened.into_iter();
    let answer = |subject: &Subject| match subject {
        Subject::Organisation(organisation) => SubjectAnswer {
            kind: SubjectKind::Organisation,
            name: Some(organisation.name.clone()),
            uscc: organisation.uscc.clone(),
            identity_number: None,
        },
        Subject::Person(person) => SubjectAnswer {
            kind: SubjectKind::Person,
            name: opened.next().flatten(),
            uscc: None,
            identity_number: person.identity_number.as_ref().and_then(|_| opened.next().flatten()),
        },
    };
    Ok(subjects.iter().map(answer).collect())
}

/// The sealed values of a subject: the name, then the number.
fn sealed(subject: &Subject) -> Vec<(&Sealed, &'static str)> {
    match subject {
        Subject::Organisation(_) => Vec::new(),
        Subject::Person(person) => {
            let number = person.identity_number.as_ref().map(|number| (number, IDENTITY_NUMBER));
            std::iter::once((&person.name, NAME)).chain(number).collect()
        }
    }
}
