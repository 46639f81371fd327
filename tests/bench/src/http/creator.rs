//! One who creates transfers, one after the other, on one connection.

use super::api::{Api, Created, Latest};
use super::create::CreateRequests;
use super::wire::Connection;
use crate::timing::Work;
use anyhow::{Context, ensure};
use std::sync::Arc;

/// Creates transfers until it is no longer asked to.
pub(crate) struct Creator {
    connection: Connection,
    requests: CreateRequests,
    number: u64,
    latest: Arc<Latest>,
    sender: usize,
}

impl Creator {
    /// So many of them, each with a connection of its own.
    pub(crate) async fn several(api: &Api, count: usize) -> anyhow::Result<Vec<Self>> {
        let mut creators = Vec::with_capacity(count);
        for place in 0..count {
            creators.push(Self {
                connection: api.connect().await?,
                requests: api.requests(place),
                number: u64::try_from(place)? * 1_000_000,
                latest: Arc::clone(&api.latest),
                sender: place,
            });
        }
        Ok(creators)
    }
}

impl Work for Creator {
    async fn once(&mut self) -> anyhow::Result<u32> {
        self.number += 1;
        let response = self.connection.send(self.requests.next(self.number)).await?;
        ensure!(response.status == 201, "a create was answered {}: {}", response.status, response.text());
        let position = response.header("casebus-position").context("no Casebus-Position")?.parse()?;
        let place = response.header("location").context("no Location")?;
        self.latest.note(position, || Created { place: place.to_owned(), position, sender: self.sender });
        Ok(1)
    }
}
