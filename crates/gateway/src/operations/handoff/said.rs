//! What an act on a handoff says: read field by field, as the act takes them, and sealed.

use super::new_suspect::NewSuspect;
use crate::answers::subject::NAME;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::operations::create::new_terms::NewLegalReview;
use crate::problem::Problem;
use crate::writing::Writing;
use chrono::NaiveDate;
use contract::event::LegalReview;
use contract::handoff::{
    Approval, ApproverPost, Attachment, Field, Goods, HandoffAct, HandoffMaterial, Need, Officer, Said,
    fields as fields_of,
};
use contract::ids::{HandoffId, TransferId};
use contract::limits::{MATERIALS_MAX, NAME_MAX_CHARACTERS, REASON_MAX_CHARACTERS, TEXT_MAX_CHARACTERS};
use contract::problem::ProblemCode;
use utoipa::ToSchema;

/// How many lanes a handoff has at most.
pub(crate) const LANES_MAX: usize = domain::handoff::LANES_MAX;
/// How many items a list has at most.
const ITEMS_MAX: usize = 100;

/// An officer of the task force. The name is stored and published encrypted only.
#[derive(ToSchema)]
pub(crate) struct NewOfficer {
    /// The name.
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    /// The number of the enforcement certificate 执法证号.
    #[schema(min_length = 1, max_length = 120)]
    certificate: String,
}

/// Who approved, in which office. The name is stored and published encrypted only.
#[derive(ToSchema)]
pub(crate) struct NewApproval {
    /// The name.
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    /// The office held on the day of the act.
    post: ApproverPost,
    /// The first day on which a deputy presides; only, and then required, with `presiding_deputy`.
    presides_from: Option<NaiveDate>,
    /// The last day on which a deputy presides.
    presides_to: Option<NaiveDate>,
}

/// What an act says, with the names of people as they were given.
pub(crate) struct NewSaid {
    said: Said,
    officers: Vec<NewOfficer>,
    approval: Option<NewApproval>,
    suspects: Vec<NewSuspect>,
}

impl NewSaid {
    /// Reads the fields of an act; what is wrong is noted in the fields.
    pub(crate) fn read(act: HandoffAct, fields: &Fields<'_>, reading: &Reading<'_>) -> Self {
        let mut new =
            Self { said: Said::default(), officers: Vec::new(), approval: None, suspects: Vec::new() };
        for (field, need) in fields_of(act) {
            if *need == Need::Required {
                fields.require(field.name());
            }
            new.read_field(*field, fields, reading);
        }
        new
    }

    fn read_field(&mut self, field: Field, fields: &Fields<'_>, reading: &Reading<'_>) {
        let said = &mut self.said;
        match field {
            Field::Lanes => said.lanes = lanes(fields),
            Field::Reason => said.reason = fields.optional_text("reason", REASON_MAX_CHARACTERS),
            Field::Content => said.content = fields.optional_text("content", TEXT_MAX_CHARACTERS),
            Field::Officers => {
                self.officers = fields.objects("officers", LANES_MAX, officer).unwrap_or_default();
            }
            Field::Approval => self.approval = fields.optional_object("approval", approval),
            Field::Materials => {
                said.materials = fields.objects("materials", MATERIALS_MAX, material).unwrap_or_default();
            }
            Field::Goods => said.goods = fields.objects("goods", ITEMS_MAX, goods).unwrap_or_default(),
            Field::Department => {
                said.department = fields.optional_receiver("department", reading.registry);
            }
            Field::Items => {
                said.items = fields.texts("items", ITEMS_MAX, REASON_MAX_CHARACTERS).unwrap_or_default();
            }
            Field::Milestone => said.milestone = fields.optional_choice("milestone"),
            Field::Verdict => said.verdict = fields.optional_choice("verdict"),
            Field::Fine => said.fine_fen = fields.optional_fen("fine_fen"),
            Field::Decision => said.decision = fields.optional_choice("decision"),
            Field::Notice => said.notice = fields.optional_count("notice", 10_000),
            Field::Clock => said.clock = fields.optional_choice("clock"),
            Field::Suspects => {
                let read = |fields: &Fields<'_>| NewSuspect::read(fields, reading);
                self.suspects = fields.objects("suspects", LANES_MAX, read).unwrap_or_default();
            }
            Field::Attachments => {
                said.attachments = fields.objects("attachments", ITEMS_MAX, attachment).unwrap_or_default();
            }
            Field::Handoff => said.handoff = fields.optional_handoff("handoff"),
            Field::Transfer => said.transfer = fields.optional_transfer("transfer"),
            Field::Reference => said.reference = fields.optional_text("reference", NAME_MAX_CHARACTERS),
            Field::ConditionsMet => said.conditions_met = fields.flag("conditions_met"),
            Field::LegalReview => {
                let review =
                    fields.optional_object("legal_review", |fields| NewLegalReview::read(fields, reading));
                said.legal_review = review.map(|review| LegalReview {
                    opinion_number: review.opinion_number,
                    reviewed_on: review.reviewed_on,
                });
            }
        }
    }

    /// The handoff that it names.
    pub(crate) const fn handoff(&self) -> Option<HandoffId> {
        self.said.handoff
    }

    /// The transfer that it names.
    pub(crate) const fn transfer(&self) -> Option<TransferId> {
        self.said.transfer
    }

    /// As it stands in the event: names sealed, each person's under a key of its own.
    pub(crate) async fn seal(self, writing: &Writing) -> Result<Said, Problem> {
        let mut said = self.said;
        for officer in self.officers {
            let name = seal_name(writing, &officer.name).await?;
            said.officers.push(Officer { name, certificate: officer.certificate });
        }
        if let Some(approval) = self.approval {
            said.approval = Some(approval.seal(writing).await?);
        }
        for suspect in self.suspects {
            said.suspects.push(suspect.seal(writing).await?);
        }
        Ok(said)
    }
}

impl NewApproval {
    /// As it stands in the event.
    pub(crate) async fn seal(self, writing: &Writing) -> Result<Approval, Problem> {
        Ok(Approval {
            name: seal_name(writing, &self.name).await?,
            post: self.post,
            presides_from: self.presides_from,
            presides_to: self.presides_to,
        })
    }
}

async fn seal_name(writing: &Writing, name: &str) -> Result<contract::sealed::Sealed, Problem> {
    let accounts = &writing.app.accounts;
    let key = accounts.new_subject_key().await?;
    Ok(accounts.seal(&key, NAME, name)?)
}

/// The named lanes: at least one, each once. Where none is named the field is left out.
fn lanes(fields: &Fields<'_>) -> Vec<u32> {
    let lanes = fields.numbers("lanes", LANES_MAX, 10_000).unwrap_or_default();
    if lanes.is_empty() && fields.has("lanes") {
        fields.wrong("lanes", ProblemCode::FieldEmpty, crate::problem::Named::new());
    }
    for (at, lane) in lanes.iter().enumerate() {
        if lanes[..at].contains(lane) {
            fields.wrong_entry("lanes", at, (ProblemCode::FieldRepeated, crate::problem::Named::new()));
        }
    }
    lanes
}

fn officer(fields: &Fields<'_>) -> Option<NewOfficer> {
    let name = fields.text("name", NAME_MAX_CHARACTERS);
    let certificate = fields.text("certificate", NAME_MAX_CHARACTERS);
    Some(NewOfficer { name: name?, certificate: certificate? })
}

/// Reads an approval.
pub(crate) fn approval(fields: &Fields<'_>) -> Option<NewApproval> {
    let name = fields.text("name", NAME_MAX_CHARACTERS);
    let post = fields.choice("post");
    let presides_from = fields.optional_day("presides_from");
    let presides_to = fields.optional_day("presides_to");
    let post = post?;
    if post == ApproverPost::PresidingDeputy {
        fields.require("presides_from");
    } else {
        fields.excludes("presides_from", "post");
        fields.excludes("presides_to", "post");
    }
    if let (Some(from), Some(to)) = (presides_from, presides_to)
        && to < from
    {
        fields.wrong(
            "presides_to",
            ProblemCode::FieldConflict,
            vec![("other", crate::problem::plain("presides_from"))],
        );
    }
    Some(NewApproval { name: name?, post, presides_from, presides_to })
}

fn material(fields: &Fields<'_>) -> Option<HandoffMaterial> {
    let kind = fields.choice("kind");
    let name = fields.optional_text("name", NAME_MAX_CHARACTERS);
    let sha256 = fields.optional_sha256("sha256");
    let absent_because = fields.optional_text("absent_because", REASON_MAX_CHARACTERS);
    if fields.has("absent_because") {
        fields.excludes("sha256", "absent_because");
        fields.excludes("name", "absent_because");
    } else {
        fields.require("sha256");
        fields.require("name");
    }
    Some(HandoffMaterial { kind: kind?, name, sha256, absent_because })
}

fn goods(fields: &Fields<'_>) -> Option<Goods> {
    let name = fields.text("name", NAME_MAX_CHARACTERS);
    let quantity = fields.text("quantity", NAME_MAX_CHARACTERS);
    let unit = fields.text("unit", NAME_MAX_CHARACTERS);
    let storage = fields.optional_text("storage", NAME_MAX_CHARACTERS);
    let difference = fields.optional_text("difference", REASON_MAX_CHARACTERS);
    Some(Goods { name: name?, quantity: quantity?, unit: unit?, storage, difference })
}

fn attachment(fields: &Fields<'_>) -> Option<Attachment> {
    let name = fields.text("name", NAME_MAX_CHARACTERS);
    fields.require("sha256");
    let sha256 = fields.optional_sha256("sha256");
    Some(Attachment { name: name?, sha256: sha256? })
}
