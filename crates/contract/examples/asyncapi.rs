//! Prints the AsyncAPI description of the bus: `cargo run -p contract --example asyncapi > docs/asyncapi.json`.
#![expect(clippy::print_stdout, reason = "printing is all it does")]

fn main() {
    println!("{:#}", contract::async_api::document());
}
