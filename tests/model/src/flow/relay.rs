//! The relays: compare the end of the stream with the log, then publish with several messages in flight.

use super::bus::{Message, Reply};
use super::design::Guard;
use super::log::{Event, Standing, count};
use super::verdict::{End, Level, LogSide, Verdict, end_of, events_at, judge};
use super::{Flow, State, Steps};
use std::fmt::Display;

/// A relay.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relay {
    /// It is about to ask where the stream ends.
    Looking,
    /// It knows how the log stood, and then where the stream ends, and is about to read the events that the log has there.
    Comparing(Option<Standing>, Option<End>),
    /// It has these, and is about to ask for head and epoch.
    Counting(Option<Standing>, Option<End>, Vec<Option<Event>>),
    /// It is about to delete the stream, and to make it for this epoch.
    Deleting(u8),
    /// It is about to make the stream for this epoch.
    Making(u8),
    /// It is about to halt the log.
    Halting,
    /// It is about to take back a halt, where the log stands as it did, and to publish what follows.
    Resuming(Standing, Level),
    /// It publishes.
    Publishing(Publisher),
}

/// A relay that publishes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Publisher {
    /// What was sent or found last, and the epoch of all.
    pub level: Level,
    /// What was read of the log and is still to be sent. Empty where the log does not go back: then an event is read when it
    /// is sent.
    pub ready: Vec<Event>,
    /// Sent, not yet acknowledged.
    pub in_flight: Vec<InFlight>,
}

/// A message in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InFlight {
    /// What was sent.
    pub message: Message,
    /// How far it got.
    pub passage: Passage,
}

/// How far a message got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Passage {
    /// On its way.
    Travelling,
    /// In the stream under this sequence, and the reply is on its way.
    Stored(u8),
    /// Refused, and the reply is on its way.
    Refused,
    /// It or its reply is lost: no reply will come.
    Silent,
}

impl Relay {
    /// A relay that publishes, as such.
    pub(super) fn publisher(&mut self) -> Option<&mut Publisher> {
        match self {
            Self::Publishing(publisher) => Some(publisher),
            _ => None,
        }
    }
}

impl Flow {
    pub(super) fn relay_steps(&self, steps: &mut Steps<'_>) {
        for (place, relay) in steps.state.relays.iter().enumerate() {
            match relay {
                // Only an operator can act.
                Relay::Looking if steps.state.database.halted_until_epoch => {}
                Relay::Looking => {
                    let seen = self.scope.log_may_go_back().then(|| steps.state.database.standing());
                    let end = end_of(&steps.state.bus, self.design, self.scope.window);
                    turn(steps, place, "asks where the stream ends", Relay::Comparing(seen, end));
                }
                Relay::Comparing(seen, end) => self.compare_step(steps, place, *seen, end.as_ref()),
                Relay::Counting(seen, end, events) => {
                    let next = self.judged(steps.state, *seen, end.as_ref(), events.clone());
                    turn(steps, place, "asks for head and epoch of the log", next);
                }
                Relay::Deleting(_) | Relay::Making(_) | Relay::Halting | Relay::Resuming(..) => {
                    self.acting_step(steps, place, relay);
                }
                Relay::Publishing(publisher) => self.publisher_steps(steps, place, publisher),
            }
            if *relay != Relay::Looking {
                steps.fault(format_args!("relay {place} crashes"), |state| give_up(state, place));
            }
        }
    }

    fn compare_step(&self, steps: &mut Steps<'_>, place: usize, seen: Option<Standing>, end: Option<&End>) {
        let events = events_at(end, &steps.state.database);
        let next = if self.scope.log_may_go_back() {
            Relay::Counting(seen, end.cloned(), events)
        } else {
            self.judged(steps.state, seen, end, events)
        };
        turn(steps, place, "reads what the log has there", next);
    }

    /// What a relay does next that has compared.
    fn judged(
        &self,
        state: &State,
        seen: Option<Standing>,
        end: Option<&End>,
        events: Vec<Option<Event>>,
    ) -> Relay {
        let epoch = state.database.epoch;
        let log = LogSide { head: state.database.head(), epoch, events };
        match judge(self.design, end, &log) {
            Verdict::Continue(level) => match seen {
                Some(seen) => Relay::Resuming(seen, level),
                None => publishing(level),
            },
            Verdict::Make => Relay::Making(epoch),
            Verdict::MakeAgain => Relay::Deleting(epoch),
            Verdict::Halt => Relay::Halting,
        }
    }

    fn publisher_steps(&self, steps: &mut Steps<'_>, place: usize, publisher: &Publisher) {
        self.read_step(steps, place, publisher);
        self.send_step(steps, place, publisher);
        self.passage_steps(steps, place, publisher);
        let Some(oldest) = publisher.in_flight.first() else { return };
        let position = oldest.message.event.position;
        match oldest.passage {
            Passage::Stored(sequence) if sequence == position => {
                steps.step(format_args!("relay {place} hears that {position} is stored"), |state| {
                    publisher_of(state, place).in_flight.remove(0);
                });
            }
            // Stored elsewhere: a person must look; the relay would find it again and again.
            Passage::Stored(_) => {}
            Passage::Refused => {
                let told = format_args!("relay {place} hears that {position} is refused");
                steps.step(told, |state| give_up(state, place));
            }
            Passage::Silent => {
                let told = format_args!("relay {place} waits for {position} in vain");
                steps.step(told, |state| give_up(state, place));
            }
            Passage::Travelling => {
                let told = format_args!("relay {place} waits no longer for {position}, which is on its way");
                steps.fault(told, |state| give_up(state, place));
            }
        }
    }

    /// Reads the next event, also while earlier ones are still to be sent, or looks again when there is none and all is
    /// acknowledged. One that is read alone stands for a batch as well: nothing may happen between two.
    fn read_step(&self, steps: &mut Steps<'_>, place: usize, publisher: &Publisher) {
        let database = &steps.state.database;
        let Publisher { level, ready, in_flight } = publisher;
        let position = level.position + count(ready.len());
        let Some(event) = database.at(position + 1) else {
            if ready.is_empty() && in_flight.is_empty() {
                turn(steps, place, "has nothing to do", Relay::Looking);
            }
            return;
        };
        let has_room = if self.scope.log_may_go_back() {
            ready.len() < self.scope.reading
        } else {
            in_flight.len() < self.scope.window
        };
        if !has_room {
            return;
        }
        let last = ready.last().copied().or(level.event);
        let is_known = last == database.at(position) || !self.design.has(Guard::LastSentAgain);
        if database.epoch != level.epoch || !is_known {
            let told = format_args!("relay {place} finds another epoch or another log");
            return steps.step(told, |state| give_up(state, place));
        }
        if self.scope.log_may_go_back() {
            steps.step(format_args!("relay {place} reads {event}"), |state| {
                publisher_of(state, place).ready.push(event);
            });
        } else {
            self.send(steps, place, event, level.epoch);
        }
    }

    /// Sends the first of what was read.
    fn send_step(&self, steps: &mut Steps<'_>, place: usize, publisher: &Publisher) {
        let Some(event) = publisher.ready.first() else { return };
        if publisher.in_flight.len() < self.scope.window {
            self.send(steps, place, *event, publisher.level.epoch);
        }
    }

    fn send(&self, steps: &mut Steps<'_>, place: usize, event: Event, epoch: u8) {
        let message = Message { event, epoch };
        steps.step(format_args!("relay {place} sends {message}"), |state| {
            let publisher = publisher_of(state, place);
            publisher.ready.drain(..publisher.ready.len().min(1));
            publisher.level.position += 1;
            publisher.level.event = self.kept(event);
            publisher.in_flight.push(InFlight { message, passage: Passage::Travelling });
        });
    }

    /// The event that was sent last, where the design remembers it.
    fn kept(&self, event: Event) -> Option<Event> {
        self.design.has(Guard::LastSentAgain).then_some(event)
    }

    /// A relay does what its comparison has led to; where it knows of events that are lost, it halts the log instead.
    fn acting_step(&self, steps: &mut Steps<'_>, place: usize, relay: &Relay) {
        if *relay != Relay::Halting && self.knows_of_loss(steps.state) {
            let told = format_args!("relay {place} knows of events that are lost, and halts the log");
            return steps.step(told, |state| {
                self.finds_loss(state);
                state.relays[place] = Relay::Looking;
            });
        }
        match relay {
            Relay::Deleting(epoch) => steps.step(format_args!("relay {place} deletes the stream"), |state| {
                state.bus.delete();
                state.relays[place] = Relay::Making(*epoch);
            }),
            Relay::Making(epoch) => {
                steps.step(format_args!("relay {place} makes the stream for epoch {epoch}"), |state| {
                    state.bus.make(*epoch);
                    state.relays[place] = Relay::Looking;
                });
            }
            Relay::Halting => steps.step(format_args!("relay {place} halts the log"), |state| {
                state.database.halt();
                state.relays[place] = Relay::Looking;
            }),
            Relay::Resuming(seen, _) if *seen != steps.state.database.standing() => {
                let told = format_args!("relay {place} finds the log otherwise than before it compared");
                steps.step(told, |state| state.relays[place] = Relay::Looking);
            }
            Relay::Resuming(_, level) => {
                steps.step(
                    format_args!("relay {place} lets appends go on, and begins to publish"),
                    |state| {
                        state.database.resume();
                        state.relays[place] = publishing(*level);
                    },
                );
            }
            Relay::Looking | Relay::Comparing(..) | Relay::Counting(..) | Relay::Publishing(_) => {}
        }
    }

    /// Messages arrive in any order, and they or their replies are lost.
    fn passage_steps(&self, steps: &mut Steps<'_>, place: usize, publisher: &Publisher) {
        for (index, InFlight { message, passage }) in publisher.in_flight.iter().enumerate() {
            let falls_silent = |state: &mut State| {
                publisher_of(state, place).in_flight[index].passage = Passage::Silent;
            };
            match passage {
                Passage::Travelling => {
                    steps.step(format_args!("{message} arrives from relay {place}"), |state| {
                        let passage = match state.receive(self, *message) {
                            Reply::Stored(sequence) => Passage::Stored(sequence),
                            Reply::Refused => Passage::Refused,
                        };
                        publisher_of(state, place).in_flight[index].passage = passage;
                    });
                    steps.fault(format_args!("{message} from relay {place} is lost"), falls_silent);
                }
                Passage::Stored(_) => {
                    let told = format_args!("the reply to {message} for relay {place} is lost");
                    steps.fault(told, falls_silent);
                }
                Passage::Refused | Passage::Silent => {}
            }
        }
    }
}

/// A relay goes over to what it does next; nothing else changes.
fn turn(steps: &mut Steps<'_>, place: usize, told: impl Display, next: Relay) {
    steps.step(format_args!("relay {place} {told}"), |state| state.relays[place] = next);
}

fn publishing(level: Level) -> Relay {
    Relay::Publishing(Publisher { level, ready: Vec::new(), in_flight: Vec::new() })
}

fn publisher_of(state: &mut State, place: usize) -> &mut Publisher {
    state.relays[place].publisher().expect("one that reads or has something in flight publishes")
}

/// Looks at the stream anew. What is still on its way arrives, or not, and nobody waits for the reply.
fn give_up(state: &mut State, place: usize) {
    let relay = std::mem::replace(&mut state.relays[place], Relay::Looking);
    if let Relay::Publishing(publisher) = relay {
        let travelling = publisher.in_flight.iter().filter(|sent| sent.passage == Passage::Travelling);
        state.bus.strays.extend(travelling.map(|sent| sent.message));
        state.bus.strays.sort_unstable();
    }
}
