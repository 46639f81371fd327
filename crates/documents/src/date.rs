//! Dates as official papers write them.

use chrono::{Datelike, NaiveDate};

/// Such as 2026年3月5日: Arabic digits, no leading zeros (GB/T 9704-2012, 7.3.5.4).
pub(crate) fn in_chinese(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}
