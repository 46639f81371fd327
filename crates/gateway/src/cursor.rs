//! Page cursors: opaque to the caller, and good only for the list that gave them.

use crate::problem::Problem;
use crate::query::Parameters;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};
use contract::problem::ProblemCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A place in a list, with the list it belongs to.
#[derive(Serialize, Deserialize)]
struct Placed<Place> {
    list: String,
    place: Place,
}

/// The cursor of the next page.
pub(crate) fn write<Place: Serialize>(route: &str, parameters: &Parameters, place: Place) -> String {
    let placed = Placed { list: list(route, parameters), place };
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&placed).expect("a place in a list is plain data"))
}

/// The place where a page begins, if the caller names one.
pub(crate) fn read<Place: DeserializeOwned>(
    route: &str,
    parameters: &Parameters,
) -> Result<Option<Place>, Problem> {
    let Some(text) = parameters.get("cursor") else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let placed = bytes.and_then(|bytes| serde_json::from_slice::<Placed<Value>>(&bytes).ok());
    let placed =
        placed.filter(|placed| placed.list == list(route, parameters) && is_of_our_days(&placed.place));
    let place = placed.and_then(|placed| serde_json::from_value(placed.place).ok());
    place.map(Some).ok_or_else(|| Problem::new(ProblemCode::RequestCursor))
}

/// Whether the moments of a place have years of four digits: Postgres does not know all others.
fn is_of_our_days(place: &Value) -> bool {
    let moments = place.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_str());
    let mut moments = moments.filter_map(|text| text.parse::<DateTime<Utc>>().ok());
    moments.all(|moment| (1..=9999).contains(&moment.year()))
}

/// A short name of the list.
fn list(route: &str, parameters: &Parameters) -> String {
    let digest = Sha256::digest(format!("{route}\u{1e}{}", parameters.of_list()));
    URL_SAFE_NO_PAD.encode(&digest[..6])
}
