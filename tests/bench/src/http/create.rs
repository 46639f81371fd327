//! A request that creates a clue transfer, prepared once: for each sending only the key and the number change.

use contract::ids::fresh_id;
use serde_json::json;

/// Stands where the idempotency key goes.
const KEY: &str = "00000000-0000-0000-0000-000000000000";
/// Stands where the number goes: as many digits.
const NUMBER: &str = "0123456789";

/// One sender's requests.
pub(crate) struct CreateRequests {
    bytes: Vec<u8>,
    key_at: usize,
    number_at: usize,
}

impl CreateRequests {
    /// From the department with this key to another one.
    pub(crate) fn new(host: &str, key: &str, to: &str) -> Self {
        let body = json!({
            "to": to,
            "title": format!("诊所超范围执业线索{NUMBER}"),
            "summary": "沿街诊所在许可科目之外开展口腔种植，未公示医师执业证书。",
            "urgency": "normal",
            "source": "complaint",
        })
        .to_string();
        let text = format!(
            "POST /v1/clue-transfers HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: application/json\r\nIdempotency-Key: {KEY}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let place = |wanted| text.find(wanted).unwrap_or_default();
        Self { key_at: place(KEY), number_at: place(NUMBER), bytes: text.into_bytes() }
    }

    /// The next request: another command than all before.
    pub(crate) fn next(&mut self, number: u64) -> &[u8] {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        let key = fresh_id().hyphenated().encode_lower(&mut text).as_bytes();
        self.bytes[self.key_at..self.key_at + key.len()].copy_from_slice(key);
        let digits = format!("{:010}", number % 10_000_000_000);
        self.bytes[self.number_at..self.number_at + digits.len()].copy_from_slice(digits.as_bytes());
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_differ_in_key_and_number_and_in_nothing_else() {
        let mut requests = CreateRequests::new("127.0.0.1:1", "secret", "120106-ybj");
        let one = String::from_utf8(requests.next(7).to_vec()).unwrap();
        let other = String::from_utf8(requests.next(12).to_vec()).unwrap();
        assert_eq!(one.len(), other.len());
        assert!(one.contains("线索0000000007") && other.contains("线索0000000012"), "{one}");
        let key = |text: &str| text.split("Idempotency-Key: ").nth(1).unwrap()[..36].to_owned();
        assert_ne!(key(&one), key(&other));
        let (head, body) = one.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(&format!("Content-Length: {}", body.len())));
    }
}
