//! The acts on a handoff in the description of the API: one route each, with the fields that it takes.

use contract::handoff::{Field, HandoffAct, Need, fields};
use serde_json::{Map, Value, json};
use utoipa::openapi::{OpenApi, PathItem};

/// The path of an act.
pub(crate) fn path(act: HandoffAct) -> String {
    format!("/v1/criminal-handoffs/{{id}}/{}", act.name())
}

/// Adds every act to the description. `receipt` of a transfer is the pattern: parameters and problems are the same.
pub(crate) fn describe(document: &mut OpenApi) {
    let Some(pattern) = document.paths.paths.get("/v1/transfers/{id}/receipt") else { return };
    let pattern = serde_json::to_value(pattern).unwrap_or_default();
    for act in HandoffAct::ALL.iter().filter(|act| !act.is_internal()) {
        let item: Result<PathItem, _> = serde_json::from_value(item(*act, &pattern));
        if let Ok(item) = item {
            document.paths.paths.insert(path(*act), item);
        }
    }
}

fn item(act: HandoffAct, pattern: &Value) -> Value {
    let mut item = pattern.clone();
    let operation = &mut item["post"];
    operation["tags"] = json!(["handoff"]);
    operation["summary"] = json!(act.meaning().trim());
    operation["description"] = json!(
        "An act of the statute's table. It is allowed where `allowed_acts` names it; a refusal cites the article."
    );
    operation["operationId"] = json!(format!("handoff_{}", act.name().replace('-', "_")));
    operation["responses"]["200"] = json!({
        "description": "The handoff after the act",
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Handoff" } } }
    });
    let taken = fields(act);
    if taken.is_empty() {
        return item;
    }
    let properties: Map<String, Value> =
        taken.iter().map(|(field, _)| (field.name().to_owned(), schema(*field))).collect();
    let required: Vec<_> =
        taken.iter().filter(|(_, need)| *need == Need::Required).map(|(field, _)| field.name()).collect();
    operation["requestBody"] = json!({
        "required": !required.is_empty(),
        "content": { "application/json": { "schema": {
            "type": "object", "properties": properties, "required": required
        } } }
    });
    item
}

/// The shape of a field.
fn schema(field: Field) -> Value {
    let text = |most: usize| json!({ "type": "string", "minLength": 1, "maxLength": most });
    let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let list = |items: Value, most: usize| json!({ "type": "array", "items": items, "maxItems": most });
    match field {
        Field::Lanes => list(json!({ "type": "integer", "minimum": 1 }), 50),
        Field::Reason => text(2000),
        Field::Content => text(4000),
        Field::Officers => list(reference("NewOfficer"), 50),
        Field::Approval => reference("NewApproval"),
        Field::Materials => list(reference("HandoffMaterial"), 50),
        Field::Goods => list(reference("Goods"), 100),
        Field::Department => json!({ "type": "string", "pattern": "^[0-9]{6,12}-[a-z0-9]{1,24}$" }),
        Field::Items => list(text(2000), 100),
        Field::Milestone => reference("Milestone"),
        Field::Verdict => reference("Verdict"),
        Field::Fine => json!({ "type": "integer", "format": "int64", "minimum": 0 }),
        Field::Decision => reference("DecisionKind"),
        Field::Notice => json!({ "type": "integer", "minimum": 1 }),
        Field::Clock => json!({ "type": "string", "enum": ["C07-7", "C07-30"] }),
        Field::Suspects => list(reference("NewSuspectOfHandoff"), 50),
        Field::Attachments => list(reference("Attachment"), 100),
        Field::Handoff | Field::Transfer => json!({ "type": "string", "format": "uuid" }),
        Field::Reference => text(120),
        Field::ConditionsMet => json!({ "type": "boolean", "default": false }),
        Field::LegalReview => reference("NewLegalReview"),
    }
}
