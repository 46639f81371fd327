//! Transfers that somebody should look at before others: similar ones that are open, and those whose receiver the
//! office still has to confirm.

use super::{ListCursor, ListedTransfer, Transfer};
use crate::handoff::{HandoffSight, Reader};
use crate::rows::{self, PlannedAnew};
use crate::visibility::Sight;
use crate::{Page, Views, ViewsError, Visibility};
use chrono::{DateTime, Utc};
use contract::ids::{DepartmentId, TransferId};

/// How many similar transfers are looked at.
const SIMILAR_MAX: i64 = 50;

impl Views {
    /// Open clues and referrals sent since a moment about an organisation with one of these unified social credit codes,
    /// in the same subject matter, or to the same receiver where no subject matter is given; last sent first, at most
    /// fifty.
    pub async fn similar_open(
        &self,
        visibility: &Visibility,
        usccs: &[String],
        subject_matter: Option<&str>,
        to: &DepartmentId,
        since: DateTime<Utc>,
    ) -> Result<Vec<ListedTransfer>, ViewsError> {
        let sight = Sight::from(visibility);
        let query = sqlx::query_scalar!(
            "select to_jsonb(t) - '{summary,subjects,terms,facts}'::text[] as row from views_1.transfer t
              where views_1.is_visible($1, $2, $3, t.from_department, t.to_department, t.holder, t.office, t.copies)
                and t.holder is not null and t.sent_at >= $7 and t.kind in ('clue_transfer', 'case_referral')
                and t.subjects <> '[]' and t.subjects @> any (array(
                  select jsonb_build_array(jsonb_build_object('uscc', u.uscc)) from unnest($4::text[]) u(uscc)))
                and case when $5::text is null then t.to_department = $6 else t.subject_matter = $5 end
              order by t.sent_position desc limit $8",
            sight.all,
            sight.own,
            &sight.region,
            usccs,
            subject_matter,
            to.as_str(),
            since,
            SIMILAR_MAX
        );
        Ok(rows::fetch(&self.pool, PlannedAnew(query)).await?)
    }

    /// Open case referrals that one of these departments received about an organisation with one of these unified social
    /// credit codes; last sent first, at most fifty.
    pub async fn received_referrals(
        &self,
        receivers: &[String],
        usccs: &[String],
    ) -> Result<Vec<TransferId>, ViewsError> {
        let query = sqlx::query_scalar!(
            "select to_jsonb(t.id) as row from views_1.transfer t
              where t.kind = 'case_referral' and t.holder is not null and t.to_department = any($1)
                and t.subjects <> '[]' and t.subjects @> any (array(
                  select jsonb_build_array(jsonb_build_object('uscc', u.uscc)) from unnest($2::text[]) u(uscc)))
              order by t.sent_position desc limit $3",
            receivers,
            usccs,
            SIMILAR_MAX
        );
        Ok(rows::fetch(&self.pool, PlannedAnew(query)).await?)
    }

    /// Transfers whose decision meets a transfer standard and in whose matter the reader sees no criminal handoff; last
    /// sent first.
    pub async fn untransferred(
        &self,
        reader: &Reader,
        cursor: Option<ListCursor>,
        limit: i64,
    ) -> Result<Page<Transfer, ListCursor>, ViewsError> {
        let (sight, known) = (Sight::from(&reader.visibility), HandoffSight::from(reader));
        let query = sqlx::query_scalar!(
            "select to_jsonb(t) as row from views_1.transfer t
              where views_1.is_visible($1, $2, $3, t.from_department, t.to_department, t.holder, t.office, t.copies)
                and t.meets_standard
                and not exists (
                  select 1 from views_1.handoff h where h.matter = t.matter and not h.sealed
                     and views_1.sees_handoff($6, $7, $8, $9, h.sealed, h.from_department, h.to_department, h.seen_by, h.readers)
                     and h.state not in ('investigating', 'not_transferred'))
                and ($4::bigint is null or t.sent_position < $4)
              order by t.sent_position desc limit $5",
            sight.all,
            sight.own,
            &sight.region,
            cursor.map(|cursor| cursor.sent_position),
            limit.saturating_add(1),
            known.all,
            known.own,
            known.key,
            &known.region
        );
        let transfers = rows::fetch(&self.pool, PlannedAnew(query)).await?;
        Ok(Page::of(transfers, limit, |last: &Transfer| ListCursor { sent_position: last.sent_position }))
    }

    /// Transfers whose receiver the office still has to confirm or to name, last sent first.
    pub async fn routing_to_confirm(
        &self,
        visibility: &Visibility,
        cursor: Option<ListCursor>,
        limit: i64,
    ) -> Result<Page<Transfer, ListCursor>, ViewsError> {
        let sight = Sight::from(visibility);
        let query = sqlx::query_scalar!(
            r#"select to_jsonb(t) as row from views_1.transfer t
                where views_1.is_visible($1, $2, $3, t.from_department, t.to_department, t.holder, t.office, t.copies)
                  and t.facts @> '{"routing_open": true}' and ($4::bigint is null or t.sent_position < $4)
                order by t.sent_position desc limit $5"#,
            sight.all,
            sight.own,
            &sight.region,
            cursor.map(|cursor| cursor.sent_position),
            limit.saturating_add(1)
        );
        let transfers = rows::fetch(&self.pool, PlannedAnew(query)).await?;
        Ok(Page::of(transfers, limit, |last: &Transfer| ListCursor { sent_position: last.sent_position }))
    }
}
