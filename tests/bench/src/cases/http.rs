//! Commands over HTTP: what is left of the rate of the event log when every append comes as a request.
//!
//! Only the gateway runs, as a process of its own, because the append that it is compared with runs alone as well.
//! What everything at once comes to is the case `pipeline`.

use super::append::measure_log;
use crate::casebus::House;
use crate::cpu::Watched;
use crate::database::POOL_CONNECTIONS;
use crate::floors::echo;
use crate::http::{Api, Creator};
use crate::report::Found;
use crate::row::Figure;
use crate::series::{self, Series};
use crate::stage::{Stage, turns};
use crate::timing::closed_loop;

/// Connections, each with one request at a time; and writers of the append.
pub(super) const CONNECTIONS: usize = 128;

#[derive(Clone, Copy)]
enum Contender {
    Create,
    Append,
    Echo,
}

const CONTENDERS: [Contender; 3] = [Contender::Append, Contender::Create, Contender::Echo];

/// Measures all rounds.
pub(crate) async fn run(stage: &Stage<'_>) -> anyhow::Result<Found> {
    let house = House::build(stage, "http").await?;
    let serving = house.gateway().await?;
    let watched = house.watched().and("gateway", serving.process.pid()?);
    let measured = measure(stage, &serving.api, &watched).await;
    serving.process.stop().await?;
    house.remove(stage).await?;
    let [mut create, append, echo] = measured?;
    create.beside = format!("gateway alone, {CONNECTIONS} connections");
    let figures = [
        Figure::ratio("http_128_vs_append_128", &create, &append),
        Figure::ratio("http_vs_echo", &create, &echo),
    ];
    let notes = vec![format!(
        "Medians of {} interleaved rounds of {:.1} s each. Every request is a new clue transfer under a new idempotency \
         key and must be answered 201; gateway and append have pools of {POOL_CONNECTIONS} connections on the same \
         Postgres. The client is a process beside them and takes its share of the processors.",
        stage.options.rounds,
        stage.options.counted().as_secs_f64()
    )];
    let section = series::section("Commands over HTTP", "requests", &[create, append, echo], notes);
    Ok(Found { sections: vec![section], figures: figures.into_iter().flatten().collect() })
}

async fn measure(stage: &Stage<'_>, api: &Api, watched: &Watched) -> anyhow::Result<[Series; 3]> {
    let mut create = Series::new("HTTP create");
    let mut append = Series::new(format!("append, {CONNECTIONS} writers"));
    let mut echo = Series::new("bare axum, JSON echo");
    let counted = stage.options.counted();
    for round in stage.rounds() {
        for contender in turns(round, &CONTENDERS) {
            match contender {
                Contender::Create => {
                    let creators = Creator::several(api, CONNECTIONS).await?;
                    create.push(closed_loop(creators, counted, watched).await?.measured);
                }
                Contender::Append => {
                    let appended = measure_log(stage.server, &stage.watched(), CONNECTIONS, counted).await?;
                    append.push(appended.measured);
                }
                Contender::Echo => echo.push(echo::measure(&Watched::own(), CONNECTIONS, counted).await?),
            }
        }
    }
    Ok([create, append, echo])
}
