//! The steps of a round, and what is a candidate for one.

use crate::{WatchError, ended_cases, supervision, suspensions, urging, warnings};
use chrono::{DateTime, Utc};
use contract::ids::{DepartmentId, TransferId};
use domain::Command;
use views::Views;
use views::clock::Clock;

/// What a round does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// Give clocks the due moments of another holiday calendar.
    Recalculate,
    /// The same in criminal handoffs.
    RecalculateHandoffs,
    /// End suspensions whose last day is over.
    EndSuspension,
    /// End requests for assistance whose case has ended.
    EndWithCase,
    /// Record clocks that ran out.
    Miss,
    /// Take what is due in criminal handoffs.
    Handoffs,
    /// Warn that clocks will run out.
    Warn,
    /// Urge whoever let a clock run out.
    Urge,
    /// Open supervision where that did not help.
    Supervise,
}

/// A command that the read model suggests.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// For which step.
    pub(crate) step: Step,
    /// What the command id is derived from: the same for every attempt at the same thing.
    pub(crate) name: String,
    /// Under what it is remembered when the rules refuse it: other than the name where a refusal may say nothing any
    /// more although the name is the same.
    pub(crate) key: String,
    /// On which transfer.
    pub(crate) transfer: TransferId,
    /// For which department: the one that owes the duty.
    pub(crate) by: DepartmentId,
    /// The command.
    pub(crate) command: Command,
    /// Whether it waits while the department has quiet hours.
    pub(crate) waits_for_quiet_hours: bool,
}

impl Step {
    /// All of them, in the order of a round.
    pub(crate) const ALL: [Self; 9] = [
        Self::Recalculate,
        Self::RecalculateHandoffs,
        Self::EndSuspension,
        Self::EndWithCase,
        Self::Miss,
        Self::Handoffs,
        Self::Warn,
        Self::Urge,
        Self::Supervise,
    ];

    /// The name of the step: the type of the event that it makes.
    pub(crate) const fn route(self) -> &'static str {
        match self {
            Self::Recalculate => "time-limit.recalculated",
            Self::RecalculateHandoffs => "criminal-handoff.clocks-recalculated",
            Self::EndSuspension => "time-limit.resumed",
            Self::EndWithCase => "assistance.closed",
            Self::Miss => "time-limit.missed",
            Self::Handoffs => "criminal-handoff.due",
            Self::Warn => "time-limit.warned",
            Self::Urge => "supervision.urged",
            Self::Supervise => "supervision.supervised",
        }
    }

    /// The metric that counts it.
    pub(crate) const fn counter(self) -> &'static str {
        match self {
            Self::Recalculate => "casebus_watch_recalculated_transfers_total",
            Self::EndSuspension => "casebus_watch_ended_suspensions_total",
            Self::EndWithCase => "casebus_watch_ended_requests_total",
            Self::Miss => "casebus_watch_missed_time_limits_total",
            Self::Handoffs | Self::RecalculateHandoffs => "casebus_watch_handoff_acts_total",
            Self::Warn => "casebus_watch_warnings_total",
            Self::Urge => "casebus_watch_urgings_total",
            Self::Supervise => "casebus_watch_supervisions_total",
        }
    }

    /// Whether its candidates wait while the department has quiet hours, unless they say otherwise. What is a record,
    /// or an act of the office, does not.
    pub(crate) const fn waits_for_quiet_hours(self) -> bool {
        match self {
            Self::Warn | Self::Urge => true,
            Self::Recalculate
            | Self::RecalculateHandoffs
            | Self::EndSuspension
            | Self::EndWithCase
            | Self::Miss
            | Self::Handoffs
            | Self::Supervise => false,
        }
    }
}

/// A step whose candidates the read model lists from the front each time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Listed {
    /// [`Step::EndSuspension`].
    Suspensions,
    /// [`Step::EndWithCase`].
    EndedCases,
    /// [`Step::Warn`].
    Warnings,
    /// [`Step::Urge`].
    Urgings,
    /// [`Step::Supervise`].
    Supervisions,
}

impl Listed {
    /// The first candidates at a moment.
    pub(crate) async fn candidates(
        self,
        views: &Views,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<Candidate>, WatchError> {
        Ok(match self {
            Self::Suspensions => suspensions::candidates(views, now, limit).await?,
            Self::EndedCases => ended_cases::candidates(views, limit).await?,
            Self::Warnings => warnings::candidates(views, now, limit).await?,
            Self::Urgings => urging::candidates(views, now, limit).await?,
            Self::Supervisions => supervision::candidates(views, now, limit).await?,
        })
    }
}

impl Candidate {
    /// A command on a run of a clock; the mark tells apart what may be done several times with one.
    pub(crate) fn of_clock(step: Step, clock: &Clock, mark: &str, command: Command) -> Self {
        let name = format!("{}/{}/{}{mark}", clock.transfer_id, clock.code, clock.run);
        // Once the due moment moves, an earlier refusal says nothing any more.
        let due_at = clock.due_at.map_or(0, |due_at| due_at.timestamp_millis());
        Self {
            step,
            key: format!("{}/{name}/{due_at}", step.route()),
            name,
            transfer: clock.transfer_id,
            by: clock.owner.clone(),
            command,
            waits_for_quiet_hours: step.waits_for_quiet_hours(),
        }
    }
}
