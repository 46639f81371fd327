//! What the flow as it is built does not hold out against. When a remedy is built, its guard moves into `BUILT`, and the
//! limit goes.

use crate::{fails, holds};
use model::wrong::limits;

#[test]
fn every_limit_is_one_and_its_remedy_helps() {
    for limit in limits::all() {
        fails(limit.name, &limit.as_built);
        if let Some(remedy) = limit.remedy {
            holds(&format!("remedy: {}", limit.name), &remedy);
        }
    }
}
