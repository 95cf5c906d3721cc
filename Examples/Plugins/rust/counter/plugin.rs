// SPDX-License-Identifier: Apache-2.0
//! A counter: state that outlives a restart, an event when it changes, a configuration, events of another plugin, health.

mod jackfield;

use jackfield::{json, status, Event, Failure, Health, Host, Level, Plugin, Reply, Request};
use std::{fs, io};

const MOST: i64 = 1_000_000_000;

/// What one instance owns. One thread at a time enters an instance, so there is nothing to lock.
struct Counter {
    host: Host,
    changed: u64,
    /// The last publish found a subscriber full.
    owes_event: bool,
    step: i64,
    value: i64,
    /// The newest tick, JSON.
    heard: String,
    path: String,
}

impl Plugin for Counter {
    const ID: &'static str = "counter-rust";
    const VERSION: &'static str = "0.1.0";
    const COMMANDS: &'static [&'static str] = &["counter_rust.add", "counter_rust.reset", "counter_rust.value"];

    fn create(host: Host, configuration: &[u8]) -> Result<Self, String> {
        let path = format!("{}/counter-rust", host.directory(jackfield::PATH_STATE)?);
        let mut counter =
            Counter { host, changed: 0, owes_event: false, step: 1, value: 0, heard: "null".to_string(), path };
        counter.configure(configuration);
        Ok(counter)
    }

    fn start(&mut self) -> Result<(), String> {
        self.restore();
        self.changed = self.host.open("counter_rust.changed")?;
        Ok(())
    }

    fn invoke(&mut self, request: &Request) -> Result<Reply, Failure> {
        match request.command {
            "counter_rust.add" => self.add(request.payload),
            "counter_rust.reset" => Ok(self.change(0)),
            "counter_rust.value" => Ok(self.tell()),
            _ => Err(Failure::new(status::NOT_FOUND, format!("there is no command '{}'", request.command))),
        }
    }

    fn event(&mut self, event: Event) -> i32 {
        match event {
            Event::Topic { content: jackfield::CONTENT_JSON, payload, .. } => self.hear(payload),
            Event::Configuration(configuration) => self.configure(configuration),
            Event::TopicReady { .. } if self.owes_event => self.publish(),
            _ => {} // also kinds of a newer host
        }
        status::OK
    }
}

jackfield::export!(Counter);

// MARK: - Commands

impl Counter {
    fn add(&mut self, input: &[u8]) -> Result<Reply, Failure> {
        let by = json::integer(input, "by").map_err(|_| Failure::new(status::INVALID, "'by' must be a whole number"))?;
        let value = self.value.saturating_add(by.unwrap_or(self.step));
        if value.abs() > MOST {
            return Err(Failure::new(status::INVALID, format!("the counter ends at {}; reset it first", MOST)));
        }
        Ok(self.change(value))
    }

    fn change(&mut self, value: i64) -> Reply {
        self.value = value;
        self.keep();
        self.publish();
        Reply::Done(self.value_json())
    }

    fn tell(&self) -> Reply {
        Reply::Done(format!("{{\"heard\":{},\"step\":{},\"value\":{}}}", self.heard, self.step, self.value))
    }

    fn value_json(&self) -> String {
        format!("{{\"value\":{}}}", self.value)
    }
}

// MARK: - Events

impl Counter {
    /// Never waits: when a subscriber is full, `TopicReady` brings us here again, and the newest value is what counts.
    fn publish(&mut self) {
        self.owes_event = self.host.publish(self.changed, &self.value_json()) == status::AGAIN;
    }

    /// Borrowed: copied to keep it.
    fn hear(&mut self, payload: &[u8]) {
        self.heard = String::from_utf8_lossy(payload).into_owned();
    }

    /// The configuration has been held to the schema of plugin.json, and has its defaults.
    fn configure(&mut self, configuration: &[u8]) {
        if let Ok(Some(step)) = json::integer(configuration, "step") {
            self.step = step;
        }
    }
}

// MARK: - The file

impl Counter {
    /// Writes beside the file and renames: whoever reads sees the old value or the new one.
    fn write(&self) -> io::Result<()> {
        let draft = format!("{}.new", self.path);
        fs::write(&draft, format!("{}\n", self.value))?;
        fs::rename(&draft, &self.path)
    }

    fn keep(&self) {
        match self.write() {
            Ok(()) => self.host.report(Health::Ok, "the value is kept"),
            Err(error) => {
                self.warn(&format!("the value is not kept over a restart, because its file cannot be written: {}", error))
            }
        }
    }

    fn restore(&mut self) {
        match fs::read_to_string(&self.path) {
            Ok(text) => match text.trim().parse() {
                Ok(value) => self.value = value,
                Err(_) => self.warn("counting from 0, because the kept value cannot be read: it is no number"),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.warn(&format!("counting from 0, because the kept value cannot be read: {}", error)),
        }
    }

    fn warn(&self, message: &str) {
        self.host.report(Health::Warning, message);
        self.host.log(Level::Warning, message, "");
    }
}
