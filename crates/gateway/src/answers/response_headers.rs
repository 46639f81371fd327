//! The headers of answers in the description of the API: they stand at whole kinds of operations, so each is described once.

use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Object, OpenApi, Ref, RefOr, Type};

/// Each header, its type, and what it says.
const DESCRIBED: [(&str, Type, &str); 8] = [
    (
        "Casebus-Group-Complete",
        Type::Boolean,
        "`false`: a set of departments was named whose source does not name every member.",
    ),
    ("Casebus-Position", Type::Integer, "The position of the write, for `Casebus-Min-Position` of a read."),
    ("Content-Location", Type::String, "Where what was changed can be read."),
    ("ETag", Type::String, "The version for `If-Match`, like `\"v3\"`."),
    (
        "Idempotency-Replayed",
        Type::Boolean,
        "`true`: the command was carried out before, and this is its first answer.",
    ),
    ("Location", Type::String, "Where what was made can be read."),
    ("Retry-After", Type::Integer, "After how many seconds to try again."),
    ("WWW-Authenticate", Type::String, "How to authenticate (RFC 6750)."),
];

/// Adds the headers to every answer that has them.
pub(crate) fn describe(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for operation in [&mut item.get, &mut item.put].into_iter().flatten() {
            describe_answers(operation, of_any);
        }
        if let Some(operation) = &mut item.post {
            // What a department says about itself is no event, and has neither version nor position.
            let is_event = operation.tags.iter().flatten().all(|tag| tag != "department");
            describe_answers(
                operation,
                |status| if is_event { of_write(path, status) } else { of_any(status) },
            );
        }
    }
    let components = document.components.get_or_insert_with(Default::default);
    let described = DESCRIBED.map(|(name, of, says)| (name.to_owned(), RefOr::T(header(of, says))));
    components.headers.extend(described);
}

fn header(of: Type, says: &str) -> Header {
    HeaderBuilder::from(Header::new(Object::with_type(of))).description(Some(says)).build()
}

fn describe_answers(operation: &mut Operation, names: impl Fn(&str) -> &'static [&'static str]) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        for name in names(status) {
            let described = Ref::new(format!("#/components/headers/{name}"));
            response.headers.entry((*name).to_owned()).or_insert(RefOr::Ref(described));
        }
    }
}

/// The headers of an answer to what makes events.
fn of_write(path: &str, status: &str) -> &'static [&'static str] {
    match status {
        "200" => &["Casebus-Position", "Content-Location", "ETag", "Idempotency-Replayed"],
        "201" if path == "/v1/supervision-tasks" => {
            &["Casebus-Group-Complete", "Casebus-Position", "ETag", "Idempotency-Replayed", "Location"]
        }
        "201" => &["Casebus-Position", "ETag", "Idempotency-Replayed", "Location"],
        _ => of_any(status),
    }
}

/// The headers of an answer to anything.
fn of_any(status: &str) -> &'static [&'static str] {
    match status {
        "401" => &["WWW-Authenticate"],
        "429" | "503" => &["Retry-After"],
        _ => &[],
    }
}
