//! A criminal handoff in an answer, as far as its reader may see it.

use super::handoff_parts::{ConsultationAnswer, LaneFeedbackAnswer, NoticeAnswer, ReverseAnswer};
use super::subject::{IDENTITY_NUMBER, NAME};
use crate::app::App;
use crate::civil_time::civil_text;
use crate::operations::handoff::act::allowed;
use crate::problem::Problem;
use accounts::Caller;
use chrono::{DateTime, NaiveDate, Utc};
use contract::clock::ClockState;
use contract::handoff::{
    DecisionKind, Direction, DocumentKind, Goods, HandoffClock, HandoffClockRun, HandoffParties,
    HandoffState, IssuedDocument, Lane, LaneOutcome, Milestone, Station, SuspectKind, Verdict,
    document_number,
};
use contract::ids::{DepartmentId, HandoffId, MatterId, TransferId};
use contract::problem::ProblemCode;
use contract::sealed::Sealed;
use domain::civil;
use domain::handoff::Handoff;
use domain::registry::Registry;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use views::handoff::HandoffDocument;

/// A criminal handoff 行刑衔接移送.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Handoff)]
#[expect(clippy::struct_excessive_bools, reason = "each says by itself how the handoff stands")]
pub(crate) struct HandoffAnswer {
    /// Id.
    id: HandoffId,
    /// Number as people write it.
    #[schema(example = "行刑〔2026〕000001号")]
    number: String,
    /// Which way it runs.
    direction: Direction,
    /// Only named persons of the sender and the receiver may know of it.
    sealed: bool,
    /// The state of its first open lane.
    state: HandoffState,
    /// Something is owed.
    open: bool,
    /// Who hands over.
    from: DepartmentId,
    /// Its name.
    from_name: String,
    /// The first organ to which it goes.
    to: DepartmentId,
    /// Its name.
    to_name: String,
    /// Who takes part now.
    parties: HandoffParties,
    /// One line that says what it is about.
    title: String,
    /// What was found.
    summary: String,
    /// The matter that joins it with the transfer from which it grew.
    matter: MatterId,
    /// That transfer.
    origin: Option<TransferId>,
    /// The handoff from which it was split.
    split_from: Option<HandoffId>,
    /// The handoff into which it was joined.
    joined_into: Option<HandoffId>,
    /// The number of the agency's administrative case.
    administrative_case: Option<String>,
    /// When that case was filed.
    administrative_case_filed_on: Option<NaiveDate>,
    /// The transfer standard that it meets.
    standard: Option<String>,
    /// The amount involved in fen.
    amount_fen: Option<i64>,
    /// 绿色通道: the agency's own clocks are shorter.
    expedited: bool,
    /// One lane for each suspect.
    lanes: Vec<LaneAnswer>,
    /// Every run of its clocks, first started first.
    clocks: Vec<HandoffClockAnswer>,
    /// The notices whose arrival starts a clock.
    notices: Vec<NoticeAnswer>,
    /// The goods, as the dispatch lists them.
    goods: Vec<Goods>,
    /// The goods that wait for the signature of the police.
    goods_offered: Option<Vec<Goods>>,
    /// How often the police refused to sign, which they may not.
    violations: u32,
    /// A consultation that has not ended.
    consultation: Option<ConsultationAnswer>,
    /// To whom the result is owed.
    upstream: Vec<DepartmentId>,
    /// The papers that its steps produced.
    documents: Vec<DocumentAnswer>,
    /// Other handoffs that the caller may see in which one of these suspects stands too; only in reads.
    same_suspects: Vec<HandoffId>,
    /// The rule pack under which it runs to its end.
    rule_pack: String,
    /// Version: 1, 2, 3, …
    version: i64,
    /// Position of its last event.
    position: i64,
    /// When it was opened.
    #[schema(format = DateTime)]
    opened_at: String,
    /// Business time of its last event.
    #[schema(format = DateTime)]
    updated_at: String,
    /// An event could not be folded; this is the state before it.
    stale: bool,
    /// A duty is owed whose due moment has come.
    overdue: bool,
    /// The acts that the caller could do now: the last segments of their routes.
    allowed_acts: Vec<String>,
}

/// One suspect's lane.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoffLane)]
struct LaneAnswer {
    /// Its number, by which acts name it.
    number: u32,
    /// The suspect.
    suspect: SuspectAnswer,
    /// Where it stands.
    state: HandoffState,
    /// Where on the road it is.
    station: Station,
    /// Who owes the next step; `null` once nobody does.
    holder: Option<DepartmentId>,
    /// What came out on the criminal side.
    outcome: Option<LaneOutcome>,
    /// When it was filed.
    #[schema(format = DateTime)]
    filed_at: Option<String>,
    /// The last milestone that is told to the sender.
    milestone: Option<Milestone>,
    /// What the court found.
    verdict: Option<Verdict>,
    /// The fine of the court in fen.
    court_fine_fen: Option<i64>,
    /// Its goods were handed over and signed for.
    goods_handed_over: bool,
    /// The reverse handoff.
    reverse: Option<ReverseAnswer>,
    /// What the administrative organ decided.
    decision: Option<DecisionKind>,
    /// Its fine in fen.
    administrative_fine_fen: Option<i64>,
    /// The result that was given, and who has confirmed it.
    feedback: Option<LaneFeedbackAnswer>,
    /// The handoff in which it goes on.
    went_to: Option<HandoffId>,
}

/// A suspect.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoffSuspect)]
struct SuspectAnswer {
    /// Person, organisation, or not identified.
    kind: SuspectKind,
    /// The name. `null` for those who may not read it, and when the person's key was destroyed.
    name: Option<String>,
    /// Identity number of a person, when known; `null` like the name.
    identity_number: Option<String>,
    /// Unified social credit code of an organisation.
    uscc: Option<String>,
    /// The suspected offence; `null` for the sender where the police added the suspect after the filing.
    offence: Option<String>,
    /// Whether the suspect is a public official.
    public_official: bool,
}

/// One run of a clock.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoffClockEntry)]
pub(crate) struct HandoffClockAnswer {
    /// Which clock.
    pub(crate) code: HandoffClock,
    /// What the rule pack calls it, in Chinese and English.
    pub(crate) name: String,
    /// In whose lane; `null` where it runs for the handoff as a whole.
    pub(crate) lane: Option<u32>,
    /// First, second, … run of it there.
    pub(crate) run: u32,
    /// Who owes the duty.
    pub(crate) owner: DepartmentId,
    /// How it stands.
    pub(crate) state: ClockState,
    /// When it began.
    #[schema(format = DateTime)]
    pub(crate) started_at: String,
    /// The first moment that is too late; `null` while it is paused.
    #[schema(format = DateTime)]
    pub(crate) due_at: Option<String>,
    /// The last civil day on which it can be met in time.
    pub(crate) due_on: Option<NaiveDate>,
    /// The due moment may move.
    pub(crate) provisional: bool,
    /// The due moment has come and the duty is owed.
    pub(crate) overdue: bool,
    /// When the duty was met or fell away.
    #[schema(format = DateTime)]
    pub(crate) ended_at: Option<String>,
    /// When it was recorded that it ran out.
    #[schema(format = DateTime)]
    pub(crate) missed_at: Option<String>,
    /// The article from which it comes, in Chinese and English.
    pub(crate) article: String,
}

/// A paper that a step produced.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoffDocument)]
struct DocumentAnswer {
    /// Version of the handoff after the step: `documents/{version}` prints it.
    version: i64,
    /// Its kind.
    kind: DocumentKind,
    /// Its title as it is printed.
    title: &'static str,
    /// Its number in its official form, which casebus allotted.
    #[schema(example = "市卫健委涉罪移〔2026〕3号")]
    number: String,
    /// Who issued it.
    issuer: DepartmentId,
    /// To whom.
    addressee: DepartmentId,
    /// Its date.
    issued_on: NaiveDate,
    /// SHA-256 of what it says: of `data` in its event.
    sha256: String,
}

/// The name of a department, empty where the registry does not know it.
pub(crate) fn name_of(registry: &Registry, id: &DepartmentId) -> String {
    registry.department(id).map(|department| department.name.clone()).unwrap_or_default()
}

/// As much of a body as a paper needs.
#[derive(Deserialize)]
struct OnlyDocument {
    #[serde(default)]
    document: Option<IssuedDocument>,
}

/// The papers that the views hold, and the version to which they have come.
async fn known_documents(
    app: &App,
    handoff: &Handoff,
) -> Result<(i64, Vec<HandoffDocument>), views::ViewsError> {
    let id = handoff.reference.id;
    let known = app.views.handoff_version(id).await?.min(handoff.version);
    let mut documents = app.views.documents_of(id).await?;
    documents.retain(|document| document.version <= known);
    Ok((known, documents))
}

/// The answer of a write.
pub(crate) async fn from_log(
    app: &App,
    caller: &Caller,
    handoff: &Handoff,
) -> Result<HandoffAnswer, Problem> {
    let id = handoff.reference.id;
    // The views hold the papers of all events that they have come to; only the rest is read from the log.
    let (known, mut documents) = known_documents(app, handoff).await.unwrap_or_default();
    for event in app.desk.log().read_stream_after(id.0, known).await? {
        if event.position > handoff.position {
            break;
        }
        let body: OnlyDocument = serde_json::from_slice(&event.body)
            .map_err(|error| Problem::new(ProblemCode::ServiceInternal).caused_by(error))?;
        if let Some(document) = body.document {
            let year = civil::year_of(event.occurred_at);
            let number = event.number.unwrap_or(0);
            documents.push(HandoffDocument {
                handoff_id: id,
                version: event.version,
                kind: document.kind,
                number: document_number(&document.issuer_name, document.kind, year, number),
                issuer: document.issuer,
                addressee: document.addressee,
                issued_on: document.date,
                sha256: document.sha256,
            });
        }
    }
    shown(app, caller, handoff, documents, Vec::new(), false).await
}

/// The answer of a read.
pub(crate) async fn from_views(
    app: &App,
    caller: &Caller,
    handoff: views::handoff::Handoff,
    documents: Vec<HandoffDocument>,
    same_suspects: Vec<HandoffId>,
) -> Result<HandoffAnswer, Problem> {
    let stale = handoff.stale;
    let folded = Handoff {
        reference: handoff.reference(),
        opening: handoff.opening,
        // The number in words stands beside it.
        number: None,
        opened_at: handoff.opened_at,
        updated_at: handoff.updated_at,
        version: handoff.version,
        position: handoff.position,
        after: handoff.after,
    };
    let mut answer = shown(app, caller, &folded, documents, same_suspects, stale).await?;
    answer.number = handoff.number;
    Ok(answer)
}

async fn shown(
    app: &App,
    caller: &Caller,
    handoff: &Handoff,
    documents: Vec<HandoffDocument>,
    same_suspects: Vec<HandoffId>,
    stale: bool,
) -> Result<HandoffAnswer, Problem> {
    let (registry, now) = (app.registry(), app.now());
    let (reference, opening, after) = (&handoff.reference, &handoff.opening, &handoff.after);
    let rules = app.desk.rules();
    let pack = rules.pack(&opening.rule_pack).ok();
    let clock = |run: &HandoffClockRun| {
        let rule = pack.and_then(|pack| pack.criminal.clock(run.code));
        let texts = rule.map(|rule| (rule.name.clone(), rule.article.clone())).unwrap_or_default();
        clock_answer(run, texts, now)
    };
    Ok(HandoffAnswer {
        id: reference.id,
        number: handoff.written_number(),
        direction: reference.direction,
        sealed: reference.sealed,
        state: after.state,
        open: after.open,
        from: reference.from.clone(),
        from_name: name_of(&registry, &reference.from),
        to: reference.to.clone(),
        to_name: name_of(&registry, &reference.to),
        parties: after.parties.clone(),
        title: opening.title.clone(),
        summary: opening.summary.clone(),
        matter: reference.matter,
        origin: opening.origin,
        split_from: opening.split_from,
        joined_into: after.joined_into,
        administrative_case: opening.administrative_case.clone(),
        administrative_case_filed_on: opening.administrative_case_filed_on,
        standard: opening.standard.clone(),
        amount_fen: opening.amount_fen,
        expedited: opening.expedited,
        lanes: lanes(app, caller, handoff).await?,
        clocks: after.clocks.iter().map(clock).collect(),
        notices: after.notices.iter().map(NoticeAnswer::from).collect(),
        goods: after.goods.clone(),
        goods_offered: after.goods_offered.clone(),
        violations: after.violations,
        consultation: after.consultation.as_ref().map(ConsultationAnswer::from),
        upstream: after.upstream.clone(),
        documents: documents.into_iter().map(document).collect(),
        same_suspects,
        rule_pack: opening.rule_pack.clone(),
        version: handoff.version,
        position: handoff.position,
        opened_at: civil_text(handoff.opened_at),
        updated_at: civil_text(handoff.updated_at),
        stale,
        overdue: after.earliest_due().is_some_and(|due| due <= now),
        allowed_acts: allowed(app, caller, handoff, &registry),
    })
}

/// A run of a clock with the name and the article that the rule pack gives it.
pub(crate) fn clock_answer(
    run: &HandoffClockRun,
    (name, article): (String, String),
    now: DateTime<Utc>,
) -> HandoffClockAnswer {
    HandoffClockAnswer {
        code: run.code,
        name,
        lane: run.lane,
        run: run.run,
        owner: run.owner.clone(),
        state: run.state,
        started_at: civil_text(run.started_at),
        due_at: run.due_at.map(civil_text),
        due_on: run.due_at.map(civil::last_day_before),
        provisional: run.provisional,
        overdue: run.pressing_due().is_some_and(|due| due <= now),
        ended_at: run.ended_at.map(civil_text),
        missed_at: run.missed_at.map(civil_text),
        article,
    }
}

fn document(document: HandoffDocument) -> DocumentAnswer {
    DocumentAnswer {
        version: document.version,
        kind: document.kind,
        title: document.kind.title(),
        number: document.number,
        issuer: document.issuer,
        addressee: document.addressee,
        issued_on: document.issued_on,
        sha256: document.sha256,
    }
}

/// The lanes, with names opened for those who take part; whoever only oversees reads none. Of a suspect whom the police added after the filing, the sender learns the result only.
async fn lanes(app: &App, caller: &Caller, handoff: &Handoff) -> Result<Vec<LaneAnswer>, Problem> {
    let after = &handoff.after;
    let is_judicial = after.judicial_audience().contains(&caller.department);
    let takes_part = after.audience(&handoff.reference).contains(&caller.department);
    let is_told = |lane: &Lane| is_judicial || may_read(&caller.department, lane);
    let is_open = |lane: &&Lane| takes_part && is_told(lane);
    let values: Vec<(&Sealed, &str)> = after.lanes.iter().filter(is_open).flat_map(sealed_of).collect();
    let opened = if values.is_empty() { Vec::new() } else { app.accounts.open_all(&values).await? };
    let mut opened = opened.into_iter();
    let mut answers = Vec::with_capacity(after.lanes.len());
    for lane in &after.lanes {
        let is_open = is_open(&lane);
        let mut next = |sealed: &Option<Sealed>| {
            sealed.as_ref().filter(|_| is_open).and_then(|_| opened.next().flatten())
        };
        let person_name = next(&lane.suspect.person_name);
        let identity_number = next(&lane.suspect.identity_number);
        let suspect = &lane.suspect;
        answers.push(lane_answer(
            lane,
            SuspectAnswer {
                kind: suspect.kind,
                name: person_name.or(suspect.name.clone().filter(|_| is_told(lane))),
                identity_number,
                uscc: suspect.uscc.clone().filter(|_| is_told(lane)),
                offence: Some(suspect.offence.clone()).filter(|offence| is_told(lane) && !offence.is_empty()),
                public_official: suspect.public_official && is_told(lane),
            },
        ));
    }
    Ok(answers)
}

/// Whether a department that is no judicial organ may read who the suspect of a lane is: whom the police added only where
/// it has to decide on them.
pub(crate) fn may_read(department: &DepartmentId, lane: &Lane) -> bool {
    let handles = lane.reverse.as_ref().is_some_and(|reverse| reverse.addressee == *department);
    !lane.added_by_police || handles
}

fn sealed_of(lane: &Lane) -> Vec<(&Sealed, &'static str)> {
    let name = lane.suspect.person_name.as_ref().map(|name| (name, NAME));
    let number = lane.suspect.identity_number.as_ref().map(|number| (number, IDENTITY_NUMBER));
    name.into_iter().chain(number).collect()
}

fn lane_answer(lane: &Lane, suspect: SuspectAnswer) -> LaneAnswer {
    LaneAnswer {
        number: lane.number,
        suspect,
        state: lane.state,
        station: lane.station,
        holder: lane.holder.clone(),
        outcome: lane.outcome,
        filed_at: lane.filed_at.map(civil_text),
        milestone: lane.milestone,
        verdict: lane.verdict,
        court_fine_fen: lane.court_fine_fen,
        goods_handed_over: lane.goods_handed_over,
        reverse: lane.reverse.as_ref().map(ReverseAnswer::from),
        decision: lane.decision,
        administrative_fine_fen: lane.administrative_fine_fen,
        feedback: lane.feedback.as_ref().map(LaneFeedbackAnswer::from),
        went_to: lane.went_to,
    }
}
