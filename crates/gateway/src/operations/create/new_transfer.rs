//! The body of a new transfer: what all kinds have.

use super::addressee::{self, Addressing};
use super::new_terms::{NewLegalReview, NewMaterial, NewReporter};
use crate::answers::subject::SubjectKind;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Named;
use chrono::{DateTime, Utc};
use contract::ids::{DepartmentId, TransferId};
use contract::kind::{Source, Urgency};
use contract::limits::{
    MATERIALS_MAX, NAME_MAX_CHARACTERS, SUBJECTS_MAX, TEXT_MAX_CHARACTERS, TITLE_MAX_CHARACTERS,
};
use contract::problem::ProblemCode;
use contract::uscc::Uscc;
use domain::civil;
use serde::Serialize;
use utoipa::ToSchema;

/// A new transfer. Either `to` or `subject_matter` says where it goes.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewTransfer {
    /// The receiver.
    pub(crate) to: Option<DepartmentId>,
    /// The subject matter of the responsibility matrix by which the receiver is found; `GET /v1/routing` lists them.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) subject_matter: Option<String>,
    /// The division (GB/T 2260) whose matrix is asked; usually that of the sender.
    #[schema(pattern = "^[0-9]{6,12}$", example = "320100")]
    pub(crate) division: Option<String>,
    /// `true`: where no row of the matrix may route, it goes to the coordination office with the candidates. Of clues,
    /// referrals and notices, beside `subject_matter`.
    #[schema(default = false, required = false)]
    pub(crate) ask_office: bool,
    /// One line that says what it is about.
    #[schema(min_length = 1, max_length = 200, example = "某定点药店涉嫌串换药品")]
    pub(crate) title: String,
    /// What was found.
    #[schema(min_length = 1, max_length = 4000)]
    pub(crate) summary: String,
    /// How urgent it is.
    #[schema(default = "normal", required = false)]
    pub(crate) urgency: Urgency,
    /// Where it came from.
    pub(crate) source: Source,
    /// When the sender found it; not in the future.
    pub(crate) discovered_at: Option<DateTime<Utc>>,
    /// Whom it is about.
    #[schema(max_items = 50, required = false)]
    pub(crate) subjects: Vec<NewSubject>,
    /// An earlier transfer to which the sender is a party: the new one belongs to the same matter. Required in a
    /// request for assistance, and in a task whose purpose is a reinspection.
    pub(crate) origin: Option<TransferId>,
    /// The legal review 法制审核 that came before it, where the rule pack asks for one.
    pub(crate) legal_review: Option<NewLegalReview>,
    /// The materials of the checklist, present or absent with a reason.
    #[schema(max_items = 50, required = false)]
    pub(crate) materials: Vec<NewMaterial>,
    /// Similar open transfers in spite of which it is to be sent: those that `transfer.similar-open` listed. Others are
    /// not kept.
    #[schema(max_items = 50, required = false)]
    pub(crate) in_spite_of: Vec<TransferId>,
    /// Who reported it 举报人: stored and published encrypted, and shown to the sender only. With the source `complaint`.
    pub(crate) reporter: Option<NewReporter>,
}

/// Whom a transfer is about. The name and the number of a person are stored and published encrypted only.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewSubject {
    /// Organisation or person.
    pub(crate) kind: SubjectKind,
    /// The name.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) name: String,
    /// Unified social credit code (GB 32100), checked; of an organisation only.
    pub(crate) uscc: Option<Uscc>,
    /// Identity number (GB 11643), checked; of a person only.
    #[schema(min_length = 18, max_length = 18)]
    pub(crate) identity_number: Option<String>,
}

impl NewTransfer {
    /// Reads what all kinds have; `addressing` says how this kind finds its receiver.
    pub(super) fn read_as(
        fields: &Fields<'_>,
        reading: &Reading<'_>,
        addressing: Addressing,
    ) -> Option<Self> {
        let to = fields.optional_receiver("to", reading.registry);
        let subject_matter = fields.optional_text("subject_matter", NAME_MAX_CHARACTERS);
        let division = fields.optional_division("division");
        let ask_office = fields.flag("ask_office");
        let title = fields.text("title", TITLE_MAX_CHARACTERS);
        let summary = fields.text("summary", TEXT_MAX_CHARACTERS);
        let urgency = fields.optional_choice("urgency").unwrap_or(Urgency::Normal);
        let source = fields.choice("source");
        let discovered_at = fields.optional_past_moment("discovered_at", reading.now);
        let subjects = fields.objects("subjects", SUBJECTS_MAX, |subject| NewSubject::read(subject, reading));
        let origin = fields.optional_transfer("origin");
        if origin.is_some() && reading.origin.is_none() {
            fields.wrong("origin", ProblemCode::OriginUnknown, Named::new());
        }
        let legal_review =
            fields.optional_object("legal_review", |review| NewLegalReview::read(review, reading));
        let materials = NewMaterial::read_all(fields, reading);
        let in_spite_of = fields.transfers("in_spite_of", MATERIALS_MAX);
        let reporter = fields.optional_object("reporter", |reporter| NewReporter::read(reporter, reading));
        if source.is_some_and(|source| source != Source::Complaint) {
            fields.excludes("reporter", "source");
        }
        addressee::check(
            fields,
            reading,
            &addressee::Named {
                to: to.as_ref(),
                subject_matter: subject_matter.as_deref(),
                division: division.as_deref(),
                ask_office,
            },
            addressing,
        );
        Some(Self {
            to,
            subject_matter,
            division,
            ask_office,
            title: title?,
            summary: summary?,
            urgency,
            source: source?,
            discovered_at,
            subjects: subjects?,
            origin,
            legal_review,
            materials: materials?,
            in_spite_of: in_spite_of?,
            reporter,
        })
    }
}

impl ReadBody for NewTransfer {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        Self::read_as(fields, reading, Addressing::Case)
    }
}

impl ReadBody for NewSubject {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let kind: Option<SubjectKind> = fields.choice("kind");
        let name = fields.text("name", NAME_MAX_CHARACTERS);
        // Of a subject whose kind is not known, both are read, so that no more is found wrong than there is.
        let uscc = if kind == Some(SubjectKind::Person) { None } else { fields.optional_uscc("uscc") };
        let today = civil::day_of(reading.now);
        let identity_number = if kind == Some(SubjectKind::Organisation) {
            None
        } else {
            fields.optional_identity_number("identity_number", today)
        };
        Some(Self { kind: kind?, name: name?, uscc, identity_number })
    }
}
