// SPDX-License-Identifier: Apache-2.0
//! A live stream: ticks as they happen, with credit, progress, cancellation and deadline, from a thread of the plugin's own.

mod jackfield;

use jackfield::{json, status, Event, Failure, Host, Plugin, Reply, Request};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

const MOST_RUNS: usize = 16;

/// One open call of ticker_rust.run.
struct Run {
    call: u64,
    count: i64,
    interval: Duration,
    /// JSON text, in its quotes.
    label: String,
    done: i64,
    due: Instant,
    /// The caller reads slowly: wait for `Event::Credit`.
    needs_credit: bool,
    /// CANCELLED or DEADLINE once nobody waits any more.
    given_up: Option<i32>,
}

#[derive(Default)]
struct State {
    runs: Vec<Run>,
    is_stopping: bool,
    finished: u64,
    cancelled: u64,
    late: u64,
}

/// What the host's thread and ours share. Host functions never block, so they may be called with the lock held.
struct Shared {
    host: Host,
    state: Mutex<State>,
    changed: Condvar,
}

struct Ticker {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Plugin for Ticker {
    const ID: &'static str = "ticker-rust";
    const VERSION: &'static str = "0.1.0";
    const COMMANDS: &'static [&'static str] = &["ticker_rust.run", "ticker_rust.status"];

    fn create(host: Host, _configuration: &[u8]) -> Result<Self, String> {
        let shared = Shared { host, state: Mutex::default(), changed: Condvar::new() };
        Ok(Ticker { shared: Arc::new(shared), thread: None })
    }

    fn start(&mut self) -> Result<(), String> {
        let topic = self.shared.host.open("ticker_rust.ticked")?;
        let shared = self.shared.clone();
        let thread = thread::Builder::new().name("ticker".to_string()).spawn(move || shared.work(topic));
        self.thread = Some(thread.map_err(|error| format!("cannot start a thread: {}", error))?);
        Ok(())
    }

    fn invoke(&mut self, request: &Request) -> Result<Reply, Failure> {
        match request.command {
            "ticker_rust.run" => self.shared.begin(Run::reading(request)?),
            "ticker_rust.status" => Ok(Reply::Done(self.shared.status())),
            _ => Err(Failure::new(status::NOT_FOUND, format!("there is no command '{}'", request.command))),
        }
    }

    fn event(&mut self, event: Event) -> i32 {
        match event {
            Event::Credit { call, .. } => self.shared.change(call, |run| run.needs_credit = false),
            Event::Cancel { call, reason } => self.shared.change(call, |run| run.given_up = Some(reason)),
            _ => {} // also kinds of a newer host
        }
        status::OK
    }

    /// When this has returned, no thread of ours calls the host.
    fn stop(&mut self, _deadline_ns: u64) {
        self.shared.lock().is_stopping = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // an error would be a panic, which has been printed
        }
    }
}

jackfield::export!(Ticker);

impl Run {
    fn reading(request: &Request) -> Result<Run, Failure> {
        let number = |name, default, range: std::ops::RangeInclusive<i64>| {
            let value = json::integer(request.payload, name).map(|value| value.unwrap_or(default));
            value.ok().filter(|value| range.contains(value)).ok_or_else(|| {
                let message = format!("'{}' must be {} to {}", name, range.start(), range.end());
                Failure::new(status::INVALID, message)
            })
        };
        let label = json::text(request.payload, "label").unwrap_or_else(|| "tick".to_string());
        if label.len() > 63 {
            return Err(Failure::new(status::INVALID, "'label' must be text of at most 63 bytes"));
        }
        Ok(Run {
            call: request.call,
            count: number("count", 5, 1..=1_000_000)?,
            interval: Duration::from_millis(number("intervalMs", 200, 0..=60_000)? as u64),
            label: json::quote(&label),
            done: 0,
            due: Instant::now(),
            needs_credit: false,
            given_up: None,
        })
    }

    fn is_over(&self) -> bool {
        self.given_up.is_some() || self.done == self.count
    }

    /// Emits the next tick, if the caller is ready for it.
    fn tick(&mut self, host: &Host, topic: u64) {
        match host.emit(self.call, &format!("{{\"tick\":{}}}", self.done + 1)) {
            status::OK => {}
            // `event` clears it, and cannot have run in between: it takes the lock first.
            status::AGAIN => return self.needs_credit = true,
            status => return self.given_up = Some(status),
        }
        self.done += 1;
        self.due = Instant::now() + self.interval;
        let note = format!("{} of {}", self.done, self.count);
        host.progress(self.call, (self.done * 1_000_000 / self.count) as u32, &note);
        // A tick that a full subscriber has no room for is not repeated: the next one comes soon.
        host.publish(topic, &format!("{{\"label\":{},\"tick\":{}}}", self.label, self.done));
    }
}

impl State {
    /// Ends a call, exactly once. After a cancel the caller has its answer already; the host counts and drops this one.
    fn end(&mut self, run: &Run, host: &Host) {
        let failure = match run.given_up {
            None => {
                self.finished += 1;
                host.finish(run.call, Ok(&format!("{{\"ticks\":{}}}", run.done)));
                return;
            }
            Some(status::STOPPING) => Failure::new(status::STOPPING, "the ticker is stopping"),
            Some(status::DEADLINE) => {
                self.late += 1;
                Failure::new(status::DEADLINE, "the deadline passed")
            }
            Some(_) => {
                self.cancelled += 1;
                Failure::new(status::CANCELLED, "the call was given up")
            }
        };
        host.finish(run.call, Err(&failure));
    }

    /// Does what is due. Returns when the next thing is, or nothing when only an event can bring one.
    fn advance(&mut self, host: &Host, topic: u64) -> Option<Instant> {
        let now = Instant::now();
        for run in &mut self.runs {
            if !run.is_over() && !run.needs_credit && run.due <= now {
                run.tick(host, topic);
            }
        }
        let (over, open) = std::mem::take(&mut self.runs).into_iter().partition(Run::is_over);
        self.runs = open;
        for run in &over as &Vec<Run> {
            self.end(run, host);
        }
        self.runs.iter().filter(|run| !run.needs_credit).map(|run| run.due).min()
    }
}

impl Shared {
    /// The state is whole after a panic as well: what is in it changes one value at a time.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, run: Run) -> Result<Reply, Failure> {
        let mut state = self.lock();
        if state.runs.len() == MOST_RUNS {
            return Err(Failure::new(status::BUSY, "16 runs are open already; end one first"));
        }
        state.runs.push(run);
        self.changed.notify_one();
        Ok(Reply::Later) // the thread answers
    }

    fn change(&self, call: u64, change: impl FnOnce(&mut Run)) {
        if let Some(run) = self.lock().runs.iter_mut().find(|run| run.call == call) {
            change(run);
        }
        self.changed.notify_one();
    }

    fn status(&self) -> String {
        let state = self.lock();
        format!(
            "{{\"cancelled\":{},\"finished\":{},\"late\":{},\"running\":{}}}",
            state.cancelled,
            state.finished,
            state.late,
            state.runs.len()
        )
    }

    /// The thread. Between two rounds the lock is free.
    fn work(&self, topic: u64) {
        let mut state = self.lock();
        while !state.is_stopping {
            state = match state.advance(&self.host, topic) {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(due) => {
                    let left = due.saturating_duration_since(Instant::now());
                    self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        for mut run in std::mem::take(&mut state.runs) {
            run.given_up = run.given_up.or(Some(status::STOPPING));
            state.end(&run, &self.host);
        }
    }
}
