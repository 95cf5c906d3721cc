// SPDX-License-Identifier: Apache-2.0
//! A whole plugin: one command, __NAMESPACE__.greet.

mod jackfield;

use jackfield::{json, status, Failure, Host, Plugin, Reply, Request};

/// What one instance owns. The host makes a new one at each start, so nothing of it is global.
struct Hello;

impl Plugin for Hello {
    const ID: &'static str = "__ID__";
    const VERSION: &'static str = "0.1.0";
    const COMMANDS: &'static [&'static str] = &["__NAMESPACE__.greet"];

    fn create(_host: Host, _configuration: &[u8]) -> Result<Self, String> {
        Ok(Hello)
    }

    fn invoke(&mut self, request: &Request) -> Result<Reply, Failure> {
        match request.command {
            "__NAMESPACE__.greet" => greet(request.payload).map(Reply::Done),
            _ => Err(Failure::new(status::NOT_FOUND, format!("there is no command '{}'", request.command))),
        }
    }
}

jackfield::export!(Hello);

fn greet(input: &[u8]) -> Result<String, Failure> {
    let name = json::text(input, "name")
        .ok_or_else(|| Failure::new(status::INVALID, "'__NAMESPACE__.greet' wants a name; give {'name': text}"))?;
    Ok(format!("{{\"text\":{}}}", json::quote(&format!("Hello, {}!", name))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greets_by_name() {
        assert_eq!(greet(br#"{"name": "Ada"}"#).ok().unwrap(), r#"{"text":"Hello, Ada!"}"#);
        assert_eq!(greet(br#"{"name": "\"\u00e9\ud83d\ude00"}"#).ok().unwrap(), "{\"text\":\"Hello, \\\"\u{e9}\u{1f600}!\"}");
    }

    #[test]
    fn wants_a_name() {
        for input in ["", "{", "{}", "[]", r#"{"name": 1}"#, r#"{"nam": "Ada"}"#, r#"{"name"#, r#"{"name": ""#] {
            assert_eq!(greet(input.as_bytes()).err().unwrap().status, status::INVALID, "{}", input);
        }
    }
}
