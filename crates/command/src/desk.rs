//! Load, decide, append, answer.

use crate::encode::{fold, fold_decision, new_command};
use crate::{CommandError, Request, SharedRules};
use contract::ids::{HandoffId, TransferId};
use domain::transfer::commands::{SendTransfer, send_all};
use domain::{Command, Decision, Refusal, Rules, Transfer};
use log::{Log, NewCommand, Outcome, Writer, WriterError};
use std::sync::Arc;

/// How often a command is decided again because the transfer changed meanwhile.
const DECISIONS: u32 = 8;

/// Where commands are carried out.
#[derive(Clone, Debug)]
pub struct Desk {
    log: Log,
    writer: Writer,
    rules: SharedRules,
}

/// A command that took effect, now or the first time it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The transfer as it stood after the command.
    pub transfer: Transfer,
    /// Position of the command's last event.
    pub position: i64,
    /// It had taken effect before; this is the first answer again.
    pub repeated: bool,
}

impl Desk {
    /// A desk over a log and its writer.
    pub fn new(log: Log, writer: Writer, rules: SharedRules) -> Self {
        Self { log, writer, rules }
    }

    /// The rules by which it decides now.
    pub fn rules(&self) -> Arc<Rules> {
        self.rules.now()
    }

    /// The log that it writes.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Appends a command as it is.
    pub(crate) async fn append_command(&self, command: NewCommand) -> Result<Outcome, CommandError> {
        self.writer.append(command).await.map_err(CommandError::NotAppended)
    }

    /// A transfer as it stands in the log.
    pub async fn transfer(&self, id: TransferId) -> Result<Option<Transfer>, CommandError> {
        if HandoffId::beside(id.0).is_some() {
            return Ok(None);
        }
        fold(id.0, &self.log.read_stream(id.0).await?, i64::MAX)
    }

    /// Sends a new transfer, perhaps in the matter of an earlier one.
    pub async fn send(
        &self,
        request: &Request,
        command: &SendTransfer,
        origin: Option<&Transfer>,
    ) -> Result<Done, CommandError> {
        let mut origin = origin.cloned();
        for _ in 0..DECISIONS {
            let decision = match command.decide(origin.as_ref(), request.now, &self.rules.now()) {
                Ok(decision) => decision,
                Err(refusal) => return self.first_answer_or(request, refusal.into()).await,
            };
            if let Some(done) = self.append(request, &decision, None).await? {
                return Ok(done);
            }
            // The origin, on which a request for assistance is written too, has moved on.
            if let Some(known) = &origin {
                origin = self.transfer(known.reference.id).await?;
            }
        }
        self.first_answer_or(request, CommandError::Busy).await
    }

    /// Sends several new transfers of one matter, all or none; the answer is the first of them.
    pub async fn send_all(&self, request: &Request, commands: &[SendTransfer]) -> Result<Done, CommandError> {
        let decision = match send_all(commands, request.now, &self.rules.now()) {
            Ok(decision) => decision,
            Err(refusal) => return self.first_answer_or(request, refusal.into()).await,
        };
        match self.append(request, &decision, None).await? {
            Some(done) => Ok(done),
            None => self.first_answer_or(request, CommandError::Busy).await,
        }
    }

    /// Carries out an act on a transfer. Without an expected version, the act is decided again when the transfer
    /// changed meanwhile.
    pub async fn act(
        &self,
        request: &Request,
        id: TransferId,
        command: &Command,
    ) -> Result<Done, CommandError> {
        for _ in 0..DECISIONS {
            let Some(transfer) = self.transfer(id).await? else {
                return self.first_answer_or(request, CommandError::NotFound(id)).await;
            };
            let upstream = match transfer.assists() {
                Some(case) => self.transfer(case).await?,
                None => None,
            };
            let decision = match self.decide(request, &transfer, upstream.as_ref(), command) {
                Ok(decision) => decision,
                Err(error) => return self.first_answer_or(request, error).await,
            };
            if let Some(done) = self.append(request, &decision, Some(&transfer)).await? {
                return Ok(done);
            }
        }
        self.first_answer_or(request, CommandError::Busy).await
    }

    fn decide(
        &self,
        request: &Request,
        transfer: &Transfer,
        upstream: Option<&Transfer>,
        command: &Command,
    ) -> Result<Decision, CommandError> {
        if let Some(expected) = request.expected_version.filter(|expected| *expected != transfer.version) {
            return Err(CommandError::VersionMismatch { current: transfer.version, expected });
        }
        domain::decide(transfer, upstream, command, &request.by, request.now, &self.rules.now())
            .map_err(CommandError::Refused)
    }

    /// Appends a decision; `None` when a stream has moved on.
    async fn append(
        &self,
        request: &Request,
        decision: &Decision,
        decided_on: Option<&Transfer>,
    ) -> Result<Option<Done>, CommandError> {
        let outcome = self.append_command(new_command(request, decision)).await?;
        match outcome {
            Outcome::Appended { first, last, number } => {
                let known = decided_on.filter(|transfer| transfer.reference.id == decision.shown);
                let transfer = match fold_decision(known, decision, first, number)? {
                    Some(transfer) => transfer,
                    None => self.transfer_at(decision.shown, last).await?,
                };
                Ok(Some(Done { transfer, position: last, repeated: false }))
            }
            Outcome::Repeated { last, .. } => self.answer_at(last).await.map(Some),
            Outcome::Conflict { .. } => Ok(None),
            Outcome::CommandIdReused => Err(CommandError::IdReused),
        }
    }

    /// The first answer, if this command was carried out before.
    pub async fn first_answer(&self, request: &Request) -> Result<Option<Done>, CommandError> {
        match self.log.find_command(request.id.0).await? {
            Some(earlier) if earlier.request_hash == request.hash => {
                self.answer_at(earlier.last).await.map(Some)
            }
            Some(_) => Err(CommandError::IdReused),
            None => Ok(None),
        }
    }

    /// The first answer, if this command was carried out before; else the error.
    async fn first_answer_or(&self, request: &Request, error: CommandError) -> Result<Done, CommandError> {
        self.first_answer(request).await?.ok_or(error)
    }

    /// The answer of a command whose last event stands at a position: that event's transfer, as it stood then.
    async fn answer_at(&self, last: i64) -> Result<Done, CommandError> {
        let events = self.log.read_after(last - 1, 1).await?;
        let id = events.first().map(|event| TransferId(event.stream_id));
        let id = id.ok_or(CommandError::NotAppended(WriterError::Unknown))?;
        let transfer = self.transfer_at(id, last).await?;
        Ok(Done { transfer, position: last, repeated: true })
    }

    /// A transfer as it stood at a position.
    pub async fn transfer_at(&self, id: TransferId, position: i64) -> Result<Transfer, CommandError> {
        fold(id.0, &self.log.read_stream(id.0).await?, position)?.ok_or(CommandError::NotFound(id))
    }
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
