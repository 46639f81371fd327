//! Problem codes: what a refusal or an error is called, for ever, in `application/problem+json` (RFC 9457).
//!
//! A code never changes its meaning and is never translated; its sentences stand in `texts/`.

macro_rules! problem_codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:literal;)+) => {
        /// What went wrong, in one stable word.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ProblemCode {
            $($(#[$doc])* $variant,)+
        }

        impl ProblemCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code as it stands in the answer.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The HTTP status it comes with; 422 for the codes of single fields.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }
        }
    };
}

problem_codes!(
    /// The body is not JSON.
    RequestMalformed = "request.malformed", 400;
    /// A name stands twice in an object of the body.
    RequestDuplicateKey = "request.duplicate-key", 400;
    /// The body has wrong fields; `errors` lists all of them.
    RequestInvalid = "request.invalid", 422;
    /// The department has as much under way as it may have at once.
    RequestTooMany = "request.too-many", 429;
    /// The body is too large.
    RequestTooLarge = "request.too-large", 413;
    /// The body has too many JSON values.
    RequestTooManyValues = "request.too-many-values", 413;
    /// The body is not `application/json`.
    RequestMediaType = "request.media-type", 415;
    /// A query parameter is unknown or wrong.
    RequestQuery = "request.query", 400;
    /// No such route.
    RequestNoRoute = "request.no-route", 404;
    /// The route exists, not with this method.
    RequestMethod = "request.method", 405;
    /// The page cursor is not one of ours.
    RequestCursor = "request.cursor", 400;
    /// No key was sent.
    KeyMissing = "key.missing", 401;
    /// The key is not known.
    KeyUnknown = "key.unknown", 401;
    /// The key was revoked.
    KeyRevoked = "key.revoked", 401;
    /// The key has expired.
    KeyExpired = "key.expired", 401;
    /// The key's role may not do this.
    RoleForbidden = "role.forbidden", 403;
    /// A create needs an idempotency key.
    IdempotencyKeyMissing = "idempotency-key.missing", 400;
    /// The idempotency key is empty, too long or not printable.
    IdempotencyKeyInvalid = "idempotency-key.invalid", 400;
    /// The idempotency key was used with another body.
    IdempotencyKeyReused = "idempotency-key.reused", 422;
    /// The same request is being worked on.
    IdempotencyKeyInFlight = "idempotency-key.in-flight", 409;
    /// `If-Match` is not an entity tag of ours.
    PreconditionInvalid = "precondition.invalid", 400;
    /// The transfer has changed since the version named in `If-Match`.
    PreconditionFailed = "precondition.failed", 412;
    /// The read model has not reached the position asked for.
    PositionNotReached = "position.not-reached", 503;
    /// The log has no such position.
    PositionUnknown = "position.unknown", 409;
    /// No such transfer, as far as the caller may know.
    TransferNotFound = "transfer.not-found", 404;
    /// No such rule pack.
    RulePackNotFound = "rule-pack.not-found", 404;
    /// No such matter, as far as the caller may know.
    MatterNotFound = "matter.not-found", 404;
    /// No such department.
    DepartmentNotFound = "department.not-found", 404;
    /// Another department says that about itself.
    DepartmentNotYours = "department.not-yours", 403;
    /// The department has noted as many absences as it may.
    AbsenceTooMany = "absence.too-many", 409;
    /// No such criminal handoff, as far as the caller may know.
    HandoffNotFound = "handoff.not-found", 404;
    /// The act belongs to another organ.
    HandoffWrongOrgan = "handoff.wrong-organ", 403;
    /// The act is not possible where the handoff stands.
    HandoffOutOfTurn = "handoff.out-of-turn", 409;
    /// A penalty does not take the place of the transfer.
    HandoffPenaltyInstead = "handoff.penalty-instead", 409;
    /// No new fine while the criminal side is open.
    HandoffFineWhileOpen = "handoff.fine-while-open", 409;
    /// A condition of the act is not fulfilled.
    HandoffCondition = "handoff.condition", 422;
    /// The right has expired.
    HandoffRightLost = "handoff.right-lost", 409;
    /// There is no lane of that number.
    HandoffLaneUnknown = "handoff.lane-unknown", 422;
    /// The lanes stand differently and must be named.
    HandoffLanesAmbiguous = "handoff.lanes-ambiguous", 409;
    /// The transfer standard is not in the library of the rule pack.
    StandardUnknown = "standard.unknown", 422;
    /// The handoff would become too large.
    HandoffTooLarge = "handoff.too-large", 413;
    /// The other handoff cannot be joined into this one.
    HandoffCannotJoin = "handoff.cannot-join", 409;
    /// The handoff cannot be opened between these organs.
    HandoffOpeningUnfit = "handoff.opening-unfit", 422;
    /// The step produced no paper, or none of that form.
    HandoffNoPaper = "handoff.no-paper", 404;
    /// This build does not print papers, or the installed font lacks a character.
    HandoffNotPrintable = "handoff.not-printable", 501;
    /// It is another party's turn or another act is due.
    TransferOutOfTurn = "transfer.out-of-turn", 409;
    /// The act belongs to another party of the transfer.
    TransferWrongParty = "transfer.wrong-party", 403;
    /// The transfer has ended.
    TransferEnded = "transfer.ended", 409;
    /// The act does not exist for this kind of transfer.
    TransferWrongKind = "transfer.wrong-kind", 409;
    /// The act was done already.
    TransferAlreadyDone = "transfer.already-done", 409;
    /// The transfer has so many events that acts which may be repeated at will are refused.
    TransferTooLarge = "transfer.too-large", 413;
    /// The transfer changed several times while this act was being decided.
    TransferBusy = "transfer.busy", 409;
    /// The receiver of a case referral may not send it onward.
    ReferralOnwardForbidden = "referral.onward-forbidden", 409;
    /// The rule pack does not let a clue be sent onward.
    ClueOnwardForbidden = "clue.onward-forbidden", 409;
    /// An objection may be raised once.
    ObjectionAlreadyRaised = "objection.already-raised", 409;
    /// A designated receiver may not object.
    ObjectionNotAllowed = "objection.not-allowed", 409;
    /// A contest may be raised once.
    ContestAlreadyRaised = "contest.already-raised", 409;
    /// There is no feedback of that number, or it is not the one that waits.
    FeedbackUnknown = "feedback.unknown", 404;
    /// The office may confirm only after the sender let T18 run out.
    ConfirmationTooEarly = "confirmation.too-early", 409;
    /// The two bodies have no common superior in the registry.
    DisputeNoCommonSuperior = "dispute.no-common-superior", 409;
    /// No row of the matrix may route; candidates are listed.
    RoutingAskOffice = "routing.ask-office", 422;
    /// No clock that runs may stand still for that reason.
    SuspensionNothingToSuspend = "suspension.nothing-to-suspend", 409;
    /// The last day of the suspension is over already.
    SuspensionOver = "suspension.over", 422;
    /// The suspension lasts longer than the rule pack allows.
    SuspensionTooLong = "suspension.too-long", 422;
    /// Nothing has failed that could be acknowledged.
    AcknowledgementNothingFailed = "acknowledgement.nothing-failed", 409;
    /// The acknowledgement lasts too long.
    AcknowledgementTooLong = "acknowledgement.too-long", 422;
    /// No clock stands still.
    SuspensionNone = "suspension.none", 409;
    /// The suspension must end first.
    SuspensionResumeFirst = "suspension.resume-first", 409;
    /// The caller owes no duty under that clock now.
    ClockNotRunning = "clock.not-running", 409;
    /// The transfer has no such clock.
    ClockUnknown = "clock.unknown", 404;
    /// The rule pack does not let the clock be extended.
    ExtensionNotAllowed = "extension.not-allowed", 409;
    /// The clock has run out.
    ExtensionAfterExpiry = "extension.after-expiry", 409;
    /// The clock was extended as often as the rule pack allows.
    ExtensionUsedUp = "extension.used-up", 409;
    /// A day is needed, not wanted, or not later than the one on which it is due now.
    ExtensionDay = "extension.day", 422;
    /// The caller was not late with that clock, or has said why.
    LatenessNone = "lateness.none", 409;
    /// The office may not go beyond supervision yet.
    EscalationTooEarly = "escalation.too-early", 409;
    /// The acknowledgement would be over already.
    AcknowledgementOver = "acknowledgement.over", 422;
    /// The superior designated the sender, which may not send it on.
    DesignationBinding = "designation.binding", 409;
    /// The department cannot take that part.
    LeadNotPossible = "lead.not-possible", 409;
    /// Participants of the joint handling have not contributed.
    PartsOutstanding = "feedback.parts-outstanding", 409;
    /// Only who has accepted a case may ask for assistance with it.
    AssistanceNeedsCase = "assistance.needs-case", 409;
    /// Only what is closed can be inspected again.
    ReinspectionTooEarly = "reinspection.too-early", 409;
    /// The rule pack asks for a legal review before sending.
    LegalReviewRequired = "legal-review.required", 422;
    /// Materials of the checklist are neither there nor explained.
    MaterialsMissing = "materials.missing", 422;
    /// The day does not lie between now and the end of the outer clock.
    AssignmentOutsideClock = "assignment.outside-clock", 422;
    /// Similar transfers are open; the sender must name them to go on.
    TransferSimilarOpen = "transfer.similar-open", 409;
    /// Field: the sender does not oversee that department.
    DepartmentNotOverseen = "department.not-overseen", 422;
    /// The scorecard would count too many transfers.
    ScorecardTooLarge = "scorecard.too-large", 422;
    /// Field: two entries name the same department or day.
    FieldRepeated = "field.repeated", 422;
    /// Nothing may be appended until an operator has acted.
    LogHalted = "log.halted", 503;
    /// More waits to be written than there is room for; nothing took effect.
    ServiceOverloaded = "service.overloaded", 503;
    /// The service cannot work at the moment.
    ServiceUnavailable = "service.unavailable", 503;
    /// An error of ours.
    ServiceInternal = "service.internal", 500;
    /// Field: missing.
    FieldRequired = "field.required", 422;
    /// Field: not part of this request.
    FieldUnknown = "field.unknown", 422;
    /// Field: another JSON type is expected.
    FieldWrongType = "field.wrong-type", 422;
    /// Field: not one of the values.
    FieldUnknownValue = "field.unknown-value", 422;
    /// Field: empty.
    FieldEmpty = "field.empty", 422;
    /// Field: too many characters.
    FieldTooLong = "field.too-long", 422;
    /// Field: too many entries.
    FieldTooMany = "field.too-many", 422;
    /// Field: not of the expected form.
    FieldMalformed = "field.malformed", 422;
    /// Field: not together with another one.
    FieldConflict = "field.conflict", 422;
    /// Field: a control character stands in a text.
    FieldControlCharacter = "field.control-character", 422;
    /// Field: a time in the future.
    FieldInFuture = "field.in-future", 422;
    /// Field: a day that is over.
    FieldInPast = "field.in-past", 422;
    /// Field: not a unified social credit code.
    UsccMalformed = "uscc.malformed", 422;
    /// Field: the check character does not fit.
    UsccCheckCharacter = "uscc.check-character", 422;
    /// Field: not an identity number.
    IdentityNumberInvalid = "identity-number.invalid", 422;
    /// Field: no such department.
    DepartmentUnknown = "department.unknown", 422;
    /// Field: a set or an abolished body cannot receive.
    DepartmentCannotReceive = "department.cannot-receive", 422;
    /// Field: sender and receiver are the same.
    TransferToOneself = "transfer.to-oneself", 422;
    /// Field: the origin is not known to the caller.
    OriginUnknown = "origin.unknown", 422;
    /// Field: the matrix has no such subject matter.
    SubjectMatterUnknown = "subject-matter.unknown", 422;
    /// Field: an outcome is needed in final feedback, and only there.
    OutcomeRequired = "outcome.required", 422;
);

impl ProblemCode {
    /// Where the code is described.
    pub fn type_uri(self) -> String {
        format!("urn:casebus:problem:{}", self.code())
    }

    /// Key of its sentences in the text files.
    pub fn text_key(self) -> String {
        format!("problem-{}", self.code().replace('.', "-"))
    }

    /// Whether the same request may succeed later without a change; where an operator must act first, much later.
    pub const fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::IdempotencyKeyInFlight
                | Self::PositionNotReached
                | Self::TransferBusy
                | Self::RequestTooMany
                | Self::LogHalted
                | Self::ServiceOverloaded
                | Self::ServiceUnavailable
        )
    }
}
