//! From a step and its paper to the printed page.

use super::steps::Steps;
use crate::answers::handoff::{may_read, name_of};
use crate::answers::subject::NAME;
use crate::problem::Problem;
use crate::reading::Read;
use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use contract::handoff::{DocumentKind, Field, Goods, HandoffBody, Lane, MaterialKind, Said};
use contract::ids::DepartmentId;
use contract::problem::ProblemCode;
use contract::text::Locale;
use documents::{Font, Paper, PaperGoods, PaperKind, PaperMaterial, PaperSuspect, render};
use domain::handoff::table;
use tokio::sync::Semaphore;
use views::handoff::{Handoff, HandoffDocument};

/// Who may print now: a paper, its steps and the fonts take many megabytes of memory, and a processor for a while.
static PRINTING: Semaphore = Semaphore::const_new(2);

/// Prints a paper, away from the threads that answer requests.
pub(super) async fn print(
    read: &Read,
    handoff: &Handoff,
    document: &HandoffDocument,
    documents: &[HandoffDocument],
) -> Result<Response, Problem> {
    // A paper names people: it is for those who take part.
    if !handoff.after.audience(&handoff.reference()).contains(&read.caller.department) {
        return Err(Problem::new(ProblemCode::HandoffNoPaper));
    }
    let not_printable = || Problem::new(ProblemCode::HandoffNotPrintable);
    let kind = paper_kind(document.kind).ok_or_else(not_printable)?;
    let internal = || Problem::new(ProblemCode::ServiceInternal);
    // Kept by the printing too, which goes on when the caller does not wait for it.
    let turn = PRINTING.acquire().await.map_err(|error| internal().caused_by(error))?;
    let steps = Steps::read(&read.app.views, handoff.id, kind, document.version).await?;
    let paper = paper(read, handoff, document, documents, kind, &steps).await?;
    let printed = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let font = Font::find()?;
        render(&paper, &font)
    });
    let pdf = printed.await.map_err(|error| internal().caused_by(error))?;
    let pdf = pdf.map_err(|error| not_printable().caused_by(error))?;
    let mut response = Response::new(Body::from(pdf));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    let name = format!("inline; filename=\"{}-{}.pdf\"", document.kind, document.version);
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

async fn paper(
    read: &Read,
    handoff: &Handoff,
    document: &HandoffDocument,
    documents: &[HandoffDocument],
    kind: PaperKind,
    steps: &Steps,
) -> Result<Paper, Problem> {
    let body = &steps.step;
    let said = &body.data;
    let is_judicial = handoff.after.judicial_audience().contains(&read.caller.department);
    let concerned: Vec<&Lane> =
        body.after.lanes.iter().filter(|lane| said.lanes.contains(&lane.number)).collect();
    Ok(Paper {
        kind,
        number: document.number.clone(),
        issuer: printed_name(read, &document.issuer),
        addressee: printed_name(read, &document.addressee),
        date: document.issued_on,
        case_name: handoff.title.clone(),
        suspects: suspects(read, &concerned, is_judicial).await?,
        reason: steps.reason.clone(),
        content: content(said, handoff, kind),
        items: said.items.clone(),
        materials: said.materials.iter().map(material).collect(),
        goods: said.goods.iter().map(goods).collect(),
        officers: officers(read, said).await?,
        refers_to: answered(document, documents),
        articles: articles(body, steps.before.as_ref()),
    })
}

/// The name of an organ as it is printed: the first one, where the registry knows several.
fn printed_name(read: &Read, id: &DepartmentId) -> String {
    let names = name_of(&read.registry, id);
    names.split(" / ").next().unwrap_or_default().to_owned()
}

/// The kind for the printer; `None` for papers that have no template.
const fn paper_kind(kind: DocumentKind) -> Option<PaperKind> {
    match kind {
        DocumentKind::TransferLetter => Some(PaperKind::TransferLetter),
        DocumentKind::TransferReceipt => Some(PaperKind::TransferReceipt),
        DocumentKind::SupplementNotice => Some(PaperKind::SupplementNotice),
        DocumentKind::FilingNotice => Some(PaperKind::FilingNotice),
        DocumentKind::NonFilingNotice => Some(PaperKind::NonFilingNotice),
        DocumentKind::ReconsiderationRequest => Some(PaperKind::ReconsiderationRequest),
        DocumentKind::SupervisionSuggestion => Some(PaperKind::SupervisionSuggestion),
        DocumentKind::GoodsList => Some(PaperKind::GoodsList),
        DocumentKind::ResultReply => Some(PaperKind::ResultReply),
        DocumentKind::Report
        | DocumentKind::Approval
        | DocumentKind::Refusal
        | DocumentKind::ProcuratorialOpinion
        | DocumentKind::RedirectionNotice
        | DocumentKind::ReturnNotice
        | DocumentKind::Supplement
        | DocumentKind::ExtensionApproval
        | DocumentKind::FilingDecision
        | DocumentKind::NonFilingDecision
        | DocumentKind::OverdueComplaint
        | DocumentKind::OverdueReasonRequest
        | DocumentKind::OverdueExplanation
        | DocumentKind::FilingOrder
        | DocumentKind::CorrectionOpinion
        | DocumentKind::ReconsiderationDecision
        | DocumentKind::ReasonRequest
        | DocumentKind::ReasonExplanation
        | DocumentKind::SupervisionResult
        | DocumentKind::SenderNotification
        | DocumentKind::InvestigationUrging
        | DocumentKind::WithdrawalDecision
        | DocumentKind::InvestigationEnding
        | DocumentKind::PoliceTransferNotice
        | DocumentKind::ReverseLetter
        | DocumentKind::NonProsecutionDecision
        | DocumentKind::ReviewSuspension
        | DocumentKind::ReviewEnding
        | DocumentKind::ReverseReceipt
        | DocumentKind::AdministrativeDecision
        | DocumentKind::Judgment
        | DocumentKind::ClueLetter => None,
    }
}

/// The number of the last paper of the kind that this one answers.
fn answered(document: &HandoffDocument, documents: &[HandoffDocument]) -> Option<String> {
    let answers = match document.kind {
        DocumentKind::TransferReceipt
        | DocumentKind::SupplementNotice
        | DocumentKind::FilingNotice
        | DocumentKind::NonFilingNotice => DocumentKind::TransferLetter,
        DocumentKind::ReconsiderationRequest => DocumentKind::NonFilingNotice,
        DocumentKind::SupervisionSuggestion => {
            let upheld = |one: &&HandoffDocument| one.kind == DocumentKind::ReconsiderationDecision;
            let is_upheld = documents.iter().any(|one| upheld(&one) && one.version < document.version);
            if is_upheld { DocumentKind::ReconsiderationDecision } else { DocumentKind::NonFilingNotice }
        }
        DocumentKind::GoodsList => DocumentKind::FilingNotice,
        // The opinion that asked for it, where there is one.
        DocumentKind::ResultReply => DocumentKind::ProcuratorialOpinion,
        _ => return None,
    };
    let is_it = |one: &&HandoffDocument| one.kind == answers && one.version < document.version;
    documents.iter().rfind(is_it).map(|one| one.number.clone())
}

fn content(said: &Said, handoff: &Handoff, kind: PaperKind) -> Option<String> {
    let is_letter = kind == PaperKind::TransferLetter;
    said.content.clone().or_else(|| is_letter.then(|| handoff.opening.summary.clone()))
}

async fn suspects(read: &Read, lanes: &[&Lane], is_judicial: bool) -> Result<Vec<PaperSuspect>, Problem> {
    let own = &read.caller.department;
    let lanes: Vec<_> = lanes.iter().filter(|lane| is_judicial || may_read(own, lane)).collect();
    let sealed: Vec<_> =
        lanes.iter().filter_map(|lane| lane.suspect.person_name.as_ref().map(|name| (name, NAME))).collect();
    let opened = if sealed.is_empty() { Vec::new() } else { read.app.accounts.open_all(&sealed).await? };
    let mut opened = opened.into_iter();
    let suspects = lanes.iter().map(|lane| {
        let suspect = &lane.suspect;
        let person = suspect.person_name.as_ref().and_then(|_| opened.next().flatten());
        let name = person.or(suspect.name.clone()).unwrap_or_else(|| "（不予显示）".to_owned());
        PaperSuspect { name, offence: suspect.offence.clone() }
    });
    Ok(suspects.collect())
}

async fn officers(read: &Read, said: &Said) -> Result<Vec<String>, Problem> {
    if !said.says(Field::Officers) {
        return Ok(Vec::new());
    }
    let sealed: Vec<_> = said.officers.iter().map(|officer| (&officer.name, NAME)).collect();
    let names = read.app.accounts.open_all(&sealed).await?;
    let named = said.officers.iter().zip(names);
    let named = named
        .map(|(officer, name)| format!("{}（执法证号{}）", name.unwrap_or_default(), officer.certificate));
    Ok(named.collect())
}

fn material(material: &contract::handoff::HandoffMaterial) -> PaperMaterial {
    let title = MaterialKind::title(material.kind);
    let name = material.name.as_ref().map_or_else(|| title.to_owned(), |name| format!("{title}（{name}）"));
    PaperMaterial { name, absent_because: material.absent_because.clone() }
}

fn goods(goods: &Goods) -> PaperGoods {
    PaperGoods {
        name: goods.name.clone(),
        quantity: goods.quantity.clone(),
        unit: goods.unit.clone(),
        storage: goods.storage.clone().unwrap_or_default(),
        note: goods.difference.clone(),
    }
}

/// The article of the row that the step went.
fn articles(body: &HandoffBody, before: Option<&HandoffBody>) -> Vec<String> {
    let before = before.and_then(|step| {
        let first = body.data.lanes.first()?;
        step.after.lanes.iter().find(|lane| lane.number == *first)
    });
    let row = before.and_then(|lane| table::row(body.event, lane.state));
    row.map(|row| row.article.cite(Locale::ZhCn)).into_iter().collect()
}
