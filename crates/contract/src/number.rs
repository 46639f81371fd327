//! The number of a transfer, like 移〔2026〕000123号: dense per sender and year.

use crate::ids::DepartmentId;

/// The series in which a transfer is numbered; the log takes it as an opaque key.
pub fn series(sender: &DepartmentId, year: i32) -> String {
    format!("transfer/{sender}/{year}")
}

/// The number as people write it, with the brackets of GB/T 9704-2012.
pub fn format(year: i32, number: i64) -> String {
    format!("移〔{year}〕{number:06}号")
}

/// The series in which a handoff is numbered.
pub fn handoff_series(sender: &DepartmentId, year: i32) -> String {
    format!("handoff/{sender}/{year}")
}

/// The series of sealed handoffs: one of the commission that receives them, so that no gap shows one to others of the
/// sender.
pub fn sealed_series(receiver: &DepartmentId, year: i32) -> String {
    format!("sealed-handoff/{receiver}/{year}")
}

/// The number of a handoff as people write it.
pub fn format_handoff(sealed: bool, year: i32, number: i64) -> String {
    let word = if sealed { "密线" } else { "行刑" };
    format!("{word}〔{year}〕{number:06}号")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_number_has_six_digits_and_the_year_in_tortoise_shell_brackets() {
        assert_eq!(super::format(2026, 123), "移〔2026〕000123号");
        assert_eq!(super::format(2026, 1_234_567), "移〔2026〕1234567号");
    }
}
