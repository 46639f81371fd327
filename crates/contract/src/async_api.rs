//! The AsyncAPI 3 description of the bus, generated from the event types.

use crate::cloud_event::{CONTENT_TYPE, TYPE_PREFIX};
use crate::event::{Body, TransferEvent};
use crate::handoff::{HandoffAct, HandoffBody};
use crate::kind::{Family, TransferKind};
use crate::subject::ALL;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use utoipa::{PartialSchema, ToSchema};

/// The document.
pub fn document() -> Value {
    let families: Vec<&str> = Family::ALL.iter().map(|family| family.name()).collect();
    let of_handoff = HandoffAct::ALL.iter().map(|act| act.event());
    let events: BTreeSet<&str> = open_events().map(|(name, _)| *name).chain(of_handoff).collect();
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "casebus",
            "version": "1",
            "description": format!(
                "Events of transfers between departments and of criminal handoffs, as CloudEvents 1.0 in structured JSON mode on one JetStream \
                 stream over the subjects {}. The stream sequence is the position in the log. Shapes only grow: ignore \
                 what you do not know.", ALL.join(" and ")),
            "license": { "name": "Apache-2.0" }
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": { "transferEvents": {
            "address": "casebus.v1.{family}.{event}.{from}.{to}",
            "description": "A department reads what it sent under {from} and what it received under {to}.",
            "parameters": {
                "family": { "enum": families },
                "event": { "enum": events },
                "from": { "description": "Department id of the transfer's sender" },
                "to": { "description": "Department id of the transfer's receiver" }
            },
            "messages": message_references()
        } },
        "operations": { "readTransferEvents": {
            "action": "receive",
            "channel": { "$ref": "#/channels/transferEvents" },
            "summary": "Read the events of one's own transfers, in order of position"
        } },
        "components": { "messages": messages(), "schemas": schemas() }
    })
}

fn message_references() -> Value {
    let reference = |(name, _): &(&str, Option<Family>)| {
        ((*name).to_owned(), json!({ "$ref": format!("#/components/messages/{name}") }))
    };
    let of_handoff = HandoffAct::ALL.iter().map(|act| {
        let name = handoff_message(*act);
        (name.clone(), json!({ "$ref": format!("#/components/messages/{name}") }))
    });
    Value::Object(open_events().map(reference).chain(of_handoff).collect())
}

/// The name of the message of a handoff's event: transfers have events of the same names.
fn handoff_message(act: HandoffAct) -> String {
    format!("{}-{}", Family::CriminalHandoff, act.event())
}

/// The events that departments can read on the bus.
fn open_events() -> impl Iterator<Item = &'static (&'static str, Option<Family>)> {
    TransferEvent::NAMES.iter().filter(|(name, _)| !TransferEvent::is_internal_name(name))
}

fn messages() -> Value {
    let message = |(name, family): &(&str, Option<Family>)| {
        let families = family
            .map_or_else(|| TransferKind::ALL.iter().map(|kind| kind.family()).collect(), |own| vec![own]);
        let types: Vec<String> =
            families.iter().map(|family| format!("{TYPE_PREFIX}{family}.{name}")).collect();
        let payload = json!({ "allOf": [
            { "$ref": "#/components/schemas/CloudEvent" },
            { "properties": { "type": { "enum": types }, "data": { "properties": { "event": { "const": name } } } } }
        ] });
        ((*name).to_owned(), json!({ "name": name, "contentType": CONTENT_TYPE, "payload": payload }))
    };
    let of_handoff = HandoffAct::ALL.iter().map(|act| {
        let name = handoff_message(*act);
        let event_type = format!("{TYPE_PREFIX}{}.{}", Family::CriminalHandoff, act.event());
        let data = json!({ "allOf": [
            { "$ref": "#/components/schemas/HandoffBody" },
            { "properties": { "event": { "const": act.event() } } }
        ] });
        let payload = json!({ "allOf": [
            { "$ref": "#/components/schemas/CloudEvent" },
            { "properties": { "type": { "const": event_type }, "data": data } }
        ] });
        (name.clone(), json!({ "name": name, "contentType": CONTENT_TYPE, "payload": payload }))
    });
    Value::Object(open_events().map(message).chain(of_handoff).collect())
}

fn schemas() -> Value {
    let mut found = vec![("Body".to_owned(), Body::schema())];
    Body::schemas(&mut found);
    found.push(("HandoffBody".to_owned(), HandoffBody::schema()));
    HandoffBody::schemas(&mut found);
    let mut schemas: Map<String, Value> = found
        .into_iter()
        .map(|(name, schema)| (name, serde_json::to_value(schema).expect("a schema is plain JSON")))
        .collect();
    schemas.insert("CloudEvent".to_owned(), envelope());
    Value::Object(schemas)
}

/// The envelope; see [`crate::cloud_event::CloudEvent`] for what each attribute means.
fn envelope() -> Value {
    let text = json!({ "type": "string" });
    let time = json!({ "type": "string", "format": "date-time" });
    let count = json!({ "type": "integer", "minimum": 1 });
    json!({
        "type": "object",
        "required": [
            "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "position", "epoch",
            "transferversion", "schemaversion", "recordedat", "actor", "datahash"
        ],
        "properties": {
            "specversion": { "const": "1.0" },
            "id": { "type": "string", "format": "uuid" },
            "source": { "type": "string", "pattern": "^urn:casebus:log:[0-9]+$" },
            "type": text,
            "subject": { "type": "string", "format": "uuid", "description": "The transfer" },
            "time": time,
            "datacontenttype": { "const": "application/json" },
            "position": count, "epoch": count, "transferversion": count, "schemaversion": count, "number": count,
            "recordedat": time,
            "actor": text,
            "traceparent": {
                "type": "string", "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
                "description": "The trace in which the event was asked for (W3C Trace Context, CloudEvents distributed tracing); absent where there is none"
            },
            "datahash": { "type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of the bytes of data" },
            "data": { "anyOf": [
                { "$ref": "#/components/schemas/Body" }, { "$ref": "#/components/schemas/HandoffBody" }
            ] }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_of_the_document_leads_somewhere() {
        let document = document();
        let mut waiting = vec![&document];
        let mut references = 0;
        while let Some(value) = waiting.pop() {
            match value {
                Value::Object(object) => {
                    if let Some(Value::String(reference)) = object.get("$ref") {
                        let pointer = reference.strip_prefix('#').unwrap();
                        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
                        references += 1;
                    }
                    waiting.extend(object.values());
                }
                Value::Array(array) => waiting.extend(array),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        assert!(references > 50, "only {references} references");
    }

    #[test]
    fn the_committed_document_is_the_generated_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/asyncapi.json");
        let committed: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(
            committed,
            document(),
            "write it anew: cargo run -p contract --example asyncapi > docs/asyncapi.json"
        );
    }
}
