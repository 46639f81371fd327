//! The kinds of faults, and in which deployments they can happen.

use crate::deployment::Class;

/// What a fault strikes; one schedule strikes each once at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A gateway.
    Gateway,
    /// A relay.
    Relay,
    /// A projector.
    Projector,
    /// A watch.
    Watch,
    /// NATS.
    Nats,
    /// Postgres.
    Postgres,
}

macro_rules! kinds {
    ($($kind:ident, $name:literal, $target:ident, [$($class:ident),*], $says:literal;)+) => {
        /// A kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = $says] $kind,)+
        }

        impl Kind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// Its name on the command line and in reports.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }

            /// What it strikes.
            pub const fn target(self) -> Target {
                match self { $(Self::$kind => Target::$target,)+ }
            }

            /// Where it can happen.
            pub const fn classes(self) -> &'static [Class] {
                match self { $(Self::$kind => &[$(Class::$class),*],)+ }
            }

            /// What happens.
            pub const fn says(self) -> &'static str {
                match self { $(Self::$kind => $says,)+ }
            }
        }
    };
}

kinds! {
    GatewayKill, "gateway-kill", Gateway, [Single, Cluster, Sync, Async, Restore, Disk], "a gateway is killed and started again";
    GatewayFreeze, "gateway-freeze", Gateway, [Single, Cluster, Sync, Async, Restore, Disk], "a gateway is stopped and goes on";
    GatewayRestart, "gateway-restart", Gateway, [Single, Cluster, Sync, Async, Restore, Disk], "a gateway ends on SIGTERM and is started again";
    RelayKill, "relay-kill", Relay, [Single, Cluster, Sync, Async, Restore, Disk], "the leading relay is killed";
    RelayRestart, "relay-restart", Relay, [Single, Cluster, Sync, Async, Restore, Disk], "the leading relay ends on SIGTERM and is started again";
    RelayFreeze, "relay-freeze", Relay, [Single, Cluster, Sync, Async, Restore, Disk], "the leading relay is stopped and goes on";
    RelayTwoLeaders, "relay-two-leaders", Relay, [Single, Cluster], "the leading relay is stopped until the other leads, and goes on";
    ProjectorKill, "projector-kill", Projector, [Single, Cluster, Sync, Async, Restore, Disk], "the leading projector is killed";
    ProjectorRestart, "projector-restart", Projector, [Single, Cluster, Sync, Async, Restore, Disk], "the leading projector ends on SIGTERM and is started again";
    ProjectorFreeze, "projector-freeze", Projector, [Single, Cluster, Sync, Async, Restore, Disk], "the leading projector is stopped and goes on";
    ProjectorTwoLeaders, "projector-two-leaders", Projector, [Single, Cluster], "the leading projector is stopped until the other leads, and goes on";
    WatchKill, "watch-kill", Watch, [Single, Cluster, Sync, Async, Restore, Disk], "the leading watch is killed";
    WatchRestart, "watch-restart", Watch, [Single, Cluster, Sync, Async, Restore, Disk], "the leading watch ends on SIGTERM and is started again";
    WatchFreeze, "watch-freeze", Watch, [Single, Cluster, Sync, Async, Restore, Disk], "the leading watch is stopped and goes on";
    WatchTwoLeaders, "watch-two-leaders", Watch, [Single, Cluster], "the leading watch is stopped until the other leads, and goes on";
    NatsKill, "nats-kill", Nats, [Single, Cluster, Sync, Async, Restore, Disk], "a nats-server is killed and started again";
    NatsRestart, "nats-restart", Nats, [Single, Cluster, Sync, Async, Restore, Disk], "a nats-server ends on SIGTERM and is started again";
    NatsFreeze, "nats-freeze", Nats, [Single, Cluster], "a nats-server is stopped and goes on";
    NatsCut, "nats-cut", Nats, [Single, Cluster], "the connections of some processes to NATS break and cannot be made for a while";
    NatsSwallow, "nats-swallow", Nats, [Single, Cluster], "nothing passes between some processes and NATS for a while";
    NatsLeaderKill, "nats-leader-kill", Nats, [Cluster], "the node that leads the stream is killed";
    NatsLeaderFreeze, "nats-leader-freeze", Nats, [Cluster], "the node that leads the stream is stopped and goes on";
    StreamDeleted, "stream-deleted", Nats, [Single, Cluster], "a client deletes the stream";
    JetStreamWiped, "jetstream-wiped", Nats, [Single], "nats-server comes back without its files";
    JetStreamTail, "jetstream-tail", Nats, [Single], "nats-server comes back with older files";
    PostgresCrash, "postgres-crash", Postgres, [Single, Cluster], "the postmaster is killed and started again";
    PostgresRestart, "postgres-restart", Postgres, [Single, Cluster], "Postgres is shut down fast and started again";
    PostgresFreeze, "postgres-freeze", Postgres, [Single, Cluster], "all processes of Postgres are stopped and go on";
    PostgresCut, "postgres-cut", Postgres, [Single, Cluster], "the connections of some processes to Postgres break and cannot be made for a while";
    PostgresSwallow, "postgres-swallow", Postgres, [Single, Cluster], "nothing passes between some processes and Postgres for a while";
    PostgresLost, "postgres-lost", Postgres, [Single, Cluster], "all or half of the connections of some processes to Postgres are lost without a word; new ones can be made";
    DiskFull, "disk-full", Postgres, [Disk], "the disk of Postgres is full for a while";
    FailoverSync, "failover-sync", Postgres, [Sync], "the primary is killed and the synchronous standby promoted";
    FailoverAsync, "failover-async", Postgres, [Async], "the primary is killed and a standby promoted that lacks its last commits";
    Restore, "restore", Postgres, [Restore], "Postgres comes back from an older backup";
}

impl Kind {
    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The fault that a class of deployments is for: each of its schedules has it.
    pub const fn main_of(class: Class) -> Option<Self> {
        match class {
            Class::Single | Class::Cluster => None,
            Class::Sync => Some(Self::FailoverSync),
            Class::Async => Some(Self::FailoverAsync),
            Class::Restore => Some(Self::Restore),
            Class::Disk => Some(Self::DiskFull),
        }
    }

    /// Whether it lasts until another member leads.
    pub const fn waits_for_another_leader(self) -> bool {
        matches!(self, Self::RelayTwoLeaders | Self::ProjectorTwoLeaders | Self::WatchTwoLeaders)
    }

    /// Whether nothing ends while it lasts: who waits does not know for what.
    pub const fn leaves_all_in_the_dark(self) -> bool {
        matches!(
            self,
            Self::GatewayFreeze
                | Self::RelayFreeze
                | Self::ProjectorFreeze
                | Self::NatsFreeze
                | Self::NatsLeaderFreeze
                | Self::NatsSwallow
                | Self::PostgresFreeze
                | Self::PostgresSwallow
        )
    }

    /// Whether acknowledged events are lost by it, so that an operator must act.
    pub const fn loses_events(self) -> bool {
        matches!(self, Self::FailoverAsync | Self::Restore)
    }
}
