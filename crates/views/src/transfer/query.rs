//! Reading transfers.

use super::Transfer;
use crate::rows::{self, PlannedAnew};
use crate::visibility::Sight;
use crate::{Page, Views, ViewsError, Visibility};
use chrono::{DateTime, Utc};
use contract::ids::{DepartmentId, MatterId, TransferId};
use contract::kind::TransferKind;
use contract::state::TransferState;
use serde::{Deserialize, Serialize};

/// Which side of a department's desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoxFilter {
    /// What it received.
    In(DepartmentId),
    /// What it sent.
    Out(DepartmentId),
    /// Both.
    All(DepartmentId),
}

/// Which transfers a list shows; what is `None` filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Received or sent by a department.
    pub desk: Option<BoxFilter>,
    /// In this state.
    pub state: Option<TransferState>,
    /// Held by this department.
    pub holder: Option<DepartmentId>,
    /// Of this kind.
    pub kind: Option<TransferKind>,
    /// Of this matter.
    pub matter: Option<MatterId>,
    /// With a duty whose due moment has come at this moment.
    pub overdue_at: Option<DateTime<Utc>>,
    /// With this text in title, number or summary, whatever the case of its letters.
    pub text: Option<String>,
}

/// A place in a list of transfers, which begins with the last one sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListCursor {
    /// Position of the event that sent the last entry.
    pub sent_position: i64,
}

impl Views {
    /// One transfer.
    pub async fn transfer_by_id(
        &self,
        visibility: &Visibility,
        id: TransferId,
    ) -> Result<Option<Transfer>, ViewsError> {
        let sight = Sight::from(visibility);
        let query = sqlx::query_scalar!(
            "select to_jsonb(t) as row from views_1.transfer t
              where t.id = $4
                and views_1.is_visible($1, $2, $3, t.from_department, t.to_department, t.holder, t.office, t.copies)",
            sight.all,
            sight.own,
            &sight.region,
            id.0
        );
        Ok(rows::fetch(&self.pool, query).await?.pop())
    }

    /// A page of transfers, last sent first.
    pub async fn list_transfers(
        &self,
        visibility: &Visibility,
        filter: &ListFilter,
        cursor: Option<ListCursor>,
        limit: i64,
    ) -> Result<Page<Transfer, ListCursor>, ViewsError> {
        let sight = Sight::from(visibility);
        let (receiver, sender, either) = match &filter.desk {
            Some(BoxFilter::In(department)) => (Some(department.as_str()), None, None),
            Some(BoxFilter::Out(department)) => (None, Some(department.as_str()), None),
            Some(BoxFilter::All(department)) => (None, None, Some(department.as_str())),
            None => (None, None, None),
        };
        let query = sqlx::query_scalar!(
            "select to_jsonb(t) as row from views_1.transfer t
              where views_1.is_visible($1, $2, $3, t.from_department, t.to_department, t.holder, t.office, t.copies)
                and ($4::text is null or t.to_department = $4)
                and ($5::text is null or t.from_department = $5)
                and ($6::text is null or t.from_department = $6 or t.to_department = $6)
                and ($7::text is null or t.state = $7)
                and ($8::text is null or t.holder = $8)
                and ($9::text is null or t.kind = $9)
                and ($10::uuid is null or t.matter = $10)
                and ($11::timestamptz is null or t.state = any($15) and t.due_at <= $11)
                and ($12::text is null or t.title ilike $12 or t.number ilike $12 or t.summary ilike $12)
                and ($13::bigint is null or t.sent_position < $13)
              order by t.sent_position desc limit $14",
            sight.all,
            sight.own,
            &sight.region,
            receiver,
            sender,
            either,
            filter.state.map(TransferState::name),
            filter.holder.as_ref().map(DepartmentId::as_str),
            filter.kind.map(TransferKind::name),
            filter.matter.map(|matter| matter.0),
            filter.overdue_at,
            filter.text.as_deref().map(containing),
            cursor.map(|cursor| cursor.sent_position),
            limit.saturating_add(1),
            &every_state()
        );
        let transfers = rows::fetch(&self.pool, PlannedAnew(query)).await?;
        Ok(Page::of(transfers, limit, |last: &Transfer| ListCursor { sent_position: last.sent_position }))
    }

    /// The transfers of a matter, first sent first, as far as the caller may see them, and no more than so many.
    pub async fn matter_transfers(
        &self,
        visibility: &Visibility,
        matter: MatterId,
        limit: i64,
    ) -> Result<Vec<Transfer>, ViewsError> {
        let sight = Sight::from(visibility);
        let query = sqlx::query_scalar!(
            "select to_jsonb(t) as row from views_1.transfer t
              where t.matter = $4
                and views_1.is_visible($1, $2, $3, t.from_department, t.to_department, t.holder, t.office, t.copies)
              order by t.sent_position limit $5",
            sight.all,
            sight.own,
            &sight.region,
            matter.0,
            limit
        );
        Ok(rows::fetch(&self.pool, query).await?)
    }
}

/// A pattern for `ilike` that finds the text anywhere, with nothing special in it.
pub(crate) fn containing(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// Every state, so that what is due in any of them is found by the index on state and due moment.
pub(crate) fn every_state() -> Vec<String> {
    TransferState::ALL.iter().map(|state| state.name().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_searched_text_has_no_special_characters() {
        assert_eq!(super::containing(r"100%_\"), r"%100\%\_\\%");
    }
}
