// SPDX-License-Identifier: Apache-2.0
//! Jackfield's contract, level 1.0, for plugins in Rust without crates. Copy this file beside yours and say `mod jackfield;`.
//!
//! `abi` is the C headers line for line. What follows it makes them safe: implement `Plugin` for a type and say
//! `jackfield::export!(Type);`. No panic leaves a function. `json` reads and writes the little that small plugins need.

// A plugin rarely uses all of it.
#![allow(dead_code, unused_imports, unused_macros)]

use std::ffi::c_void;
use std::os::raw::c_char;
use std::panic::{catch_unwind, AssertUnwindSafe};

/// The headers `jackfield/*.h` as they are. Fixed for ever: tables only grow at their end, guarded by `size`.
pub mod abi {
    use std::ffi::c_void;
    use std::os::raw::c_char;

    #[repr(C)]
    #[derive(Clone, Copy)]
    pub struct Bytes {
        pub data: *const u8,
        pub length: u64,
    }

    /// UTF-8 without a NUL.
    #[repr(C)]
    #[derive(Clone, Copy)]
    pub struct Text {
        pub data: *const c_char,
        pub length: u64,
    }

    /// Opaque.
    #[repr(C)]
    pub struct Instance {
        private: [u8; 0],
    }

    #[repr(C)]
    pub struct Request {
        pub size: u32,
        pub content: u32,
        pub call: u64,
        pub parent: u64,
        pub deadline_ns: u64,
        pub credit: u64,
        pub command: Text,
        pub payload: Bytes,
    }

    #[repr(C)]
    pub struct Event {
        pub size: u32,
        pub kind: u32,
        pub call: u64,
        pub subject: u64,
        pub value: u64,
        pub content: u32,
        pub flags: u32,
        pub name: Text,
        pub payload: Bytes,
    }

    type I = *mut Instance;

    #[repr(C)]
    pub struct Host {
        pub size: u32,
        pub abi_major: u16,
        pub abi_minor: u16,
        pub extension: unsafe extern "C" fn(I, *const c_char) -> *const c_void,
        pub call_emit: unsafe extern "C" fn(I, u64, u32, Bytes) -> i32,
        pub call_progress: unsafe extern "C" fn(I, u64, u32, Text) -> i32,
        pub call_finish: unsafe extern "C" fn(I, u64, i32, u32, Bytes) -> i32,
        pub call_state: unsafe extern "C" fn(I, u64) -> i32,
        pub call_grant: unsafe extern "C" fn(I, u64, u64) -> i32,
        pub call_start: unsafe extern "C" fn(I, *const Request, *mut u64) -> i32,
        pub call_cancel: unsafe extern "C" fn(I, u64) -> i32,
        pub topic_open: unsafe extern "C" fn(I, Text, *mut u64) -> i32,
        pub publish: unsafe extern "C" fn(I, u64, u32, Bytes) -> i32,
        pub subscription_resume: unsafe extern "C" fn(I, u64) -> i32,
    }

    #[repr(C)]
    pub struct Plugin {
        pub size: u32,
        pub abi_major: u16,
        pub abi_minor: u16,
        pub flags: u32,
        pub reserved: u32,
        pub id: Text,
        pub version: Text,
        pub create: unsafe extern "C" fn(*const Host, I, Bytes, *mut *mut c_void) -> i32,
        pub start: unsafe extern "C" fn(*mut c_void) -> i32,
        pub invoke: unsafe extern "C" fn(*mut c_void, *const Request) -> i32,
        pub event: unsafe extern "C" fn(*mut c_void, *const Event) -> i32,
        pub stop: unsafe extern "C" fn(*mut c_void, u64) -> i32,
        pub destroy: unsafe extern "C" fn(*mut c_void),
        pub extension: Option<unsafe extern "C" fn(*mut c_void, *const c_char) -> *const c_void>,
    }

    // Its texts point to constants.
    unsafe impl Sync for Plugin {}

    /// Services: a table each, asked for by id, absent when the host has none.
    #[repr(C)]
    pub struct Register {
        pub size: u32,
        pub reserved: u32,
        pub command: unsafe extern "C" fn(I, Text) -> i32,
    }

    #[repr(C)]
    pub struct Log {
        pub size: u32,
        pub reserved: u32,
        pub write: unsafe extern "C" fn(I, u32, Text, Bytes) -> i32,
    }

    #[repr(C)]
    pub struct Health {
        pub size: u32,
        pub reserved: u32,
        pub report: unsafe extern "C" fn(I, u32, Text) -> i32,
    }

    #[repr(C)]
    pub struct Paths {
        pub size: u32,
        pub reserved: u32,
        pub directory: unsafe extern "C" fn(I, u32, *mut Text) -> i32,
    }

    use std::mem::size_of;
    const _: () = assert!(size_of::<Request>() == 72 && size_of::<Event>() == 72);
    const _: () = assert!(size_of::<Host>() == 96 && size_of::<Plugin>() == 104 && size_of::<Log>() == 16);
}

/// Outcomes, an open set: zero or more is success, less is failure.
pub mod status {
    pub const OK: i32 = 0;
    pub const PENDING: i32 = 1;
    pub const FAILED: i32 = -1;
    pub const INVALID: i32 = -2;
    pub const NOT_FOUND: i32 = -3;
    pub const UNSUPPORTED: i32 = -4;
    pub const DENIED: i32 = -5;
    pub const CANCELLED: i32 = -6;
    pub const DEADLINE: i32 = -7;
    pub const AGAIN: i32 = -8;
    pub const GONE: i32 = -9;
    pub const CYCLE: i32 = -10;
    pub const TOO_LARGE: i32 = -11;
    pub const STOPPING: i32 = -12;
    pub const BUSY: i32 = -13;
}

pub const CONTENT_JSON: u32 = 1;
pub const CONTENT_BYTES: u32 = 2;
pub const CONTENT_CBOR: u32 = 3;

/// Where a plugin keeps its files: for ever, across restarts, until log-out; and where its own files are.
pub const PATH_DATA: u32 = 1;
pub const PATH_STATE: u32 = 2;
pub const PATH_RUNTIME: u32 = 3;
pub const PATH_LIBRARY: u32 = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Ok = 0,
    Warning = 1,
    Failing = 2,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Debug = 0,
    Info = 1,
    Warning = 2,
    Error = 3,
}

/// A failure as its caller reads it.
pub struct Failure {
    pub status: i32,
    pub message: String,
    /// Whether the same call may succeed later.
    pub retryable: bool,
}

impl Failure {
    pub fn new(status: i32, message: impl Into<String>) -> Failure {
        Failure { status, message: message.into(), retryable: status == status::BUSY }
    }
}

/// A command to run, lent for the one function that receives it.
pub struct Request<'a> {
    pub call: u64,
    pub command: &'a str,
    pub content: u32,
    pub payload: &'a [u8],
    /// CLOCK_MONOTONIC; 0: none.
    pub deadline_ns: u64,
}

/// What `invoke` says to a command that did not fail.
pub enum Reply {
    /// The answer, JSON.
    Done(String),
    /// The answer follows through `Host::finish`, from any thread.
    Later,
}

/// What happened, lent for the one function that receives it.
pub enum Event<'a> {
    /// Nobody waits for the answer of `call` any more: CANCELLED or DEADLINE. It must still be finished.
    Cancel { call: u64, reason: i32 },
    /// More chunks may be emitted.
    Credit { call: u64, chunks: u64 },
    /// An event of the subscription at that position in the manifest; `lost` were dropped just before it.
    Topic { subscription: u64, name: &'a str, content: u32, payload: &'a [u8], lost: u64 },
    /// The topic whose `publish` answered AGAIN has room.
    TopicReady { topic: u64 },
    /// The whole new configuration, JSON, held to the manifest's schema.
    Configuration(&'a [u8]),
    /// Of a kind that is not named above: see `kind` in jackfield/plugin.h.
    Other(&'a abi::Event),
}

/// What the host may be asked. Every function may be called from any thread, and never blocks.
#[derive(Clone, Copy)]
pub struct Host {
    table: *const abi::Host,
    instance: *mut abi::Instance,
}

// The table lives as long as the process; after `destroy` every function answers GONE.
unsafe impl Send for Host {}
unsafe impl Sync for Host {}

impl Host {
    /// Sends one chunk, JSON. AGAIN: wait for `Event::Credit`. CANCELLED, DEADLINE, GONE: stop working.
    pub fn emit(&self, call: u64, json: &str) -> i32 {
        unsafe { ((*self.table).call_emit)(self.instance, call, CONTENT_JSON, bytes(json.as_bytes())) }
    }

    /// Tells how far a call has come.
    pub fn progress(&self, call: u64, parts_per_million: u32, note: &str) -> i32 {
        unsafe { ((*self.table).call_progress)(self.instance, call, parts_per_million, text(note)) }
    }

    /// Ends a call that was answered `Reply::Later`, exactly once.
    pub fn finish(&self, call: u64, result: Result<&str, &Failure>) -> i32 {
        let (status, json) = match result {
            Ok(json) => (status::OK, json.to_string()),
            Err(failure) => (
                failure.status,
                format!("{{\"message\":{},\"retryable\":{}}}", json::quote(&failure.message), failure.retryable),
            ),
        };
        unsafe { ((*self.table).call_finish)(self.instance, call, status, CONTENT_JSON, bytes(json.as_bytes())) }
    }

    /// Whether a call is still wanted: OK, CANCELLED, DEADLINE or GONE.
    pub fn state(&self, call: u64) -> i32 {
        unsafe { ((*self.table).call_state)(self.instance, call) }
    }

    /// Opens a topic that `publishes` in the manifest names.
    pub fn open(&self, name: &str) -> Result<u64, String> {
        let mut topic = 0;
        let status = unsafe { ((*self.table).topic_open)(self.instance, text(name), &mut topic) };
        if status == status::OK {
            return Ok(topic);
        }
        Err(format!("cannot open the topic '{}': status {}; name it in 'publishes' of plugin.json", name, status))
    }

    /// Publishes JSON. AGAIN: a subscriber is full and nobody got it; `Event::TopicReady` follows.
    pub fn publish(&self, topic: u64, json: &str) -> i32 {
        unsafe { ((*self.table).publish)(self.instance, topic, CONTENT_JSON, bytes(json.as_bytes())) }
    }

    /// Asks for a subscription's events again after `event` answered AGAIN.
    pub fn resume(&self, subscription: u64) -> i32 {
        unsafe { ((*self.table).subscription_resume)(self.instance, subscription) }
    }

    /// Writes a line to the host's log; `values` is a flat JSON object of what varies, or empty.
    pub fn log(&self, level: Level, message: &str, values: &str) {
        if let Some(log) = self.service::<abi::Log>(b"jf.log/1\0") {
            unsafe { (log.write)(self.instance, level as u32, text(message), bytes(values.as_bytes())) };
        }
    }

    /// Says how the plugin is, in one sentence.
    pub fn report(&self, health: Health, message: &str) {
        if let Some(service) = self.service::<abi::Health>(b"jf.health/1\0") {
            unsafe { (service.report)(self.instance, health as u32, text(message)) };
        }
    }

    /// An existing directory, without a trailing slash; PATH_*.
    pub fn directory(&self, kind: u32) -> Result<String, String> {
        let paths = self.service::<abi::Paths>(b"jf.paths/1\0").ok_or("the host has no 'jf.paths/1'")?;
        let mut path = text("");
        match unsafe { (paths.directory)(self.instance, kind, &mut path) } {
            status::OK => Ok(unsafe { lent_text(path) }.to_string()),
            status => Err(format!("cannot find the directory {}: status {}", kind, status)),
        }
    }

    /// The table and the instance, for what has no function here.
    pub fn raw(&self) -> (*const abi::Host, *mut abi::Instance) {
        (self.table, self.instance)
    }

    /// `id` ends in a NUL.
    fn service<T>(&self, id: &[u8]) -> Option<&T> {
        unsafe { (((*self.table).extension)(self.instance, id.as_ptr() as *const c_char) as *const T).as_ref() }
    }
}

/// A plugin. One thread at a time enters an instance, so `&mut self` everywhere.
pub trait Plugin: Sized + 'static {
    /// `id`, `version` and the names of `commands` as plugin.json has them.
    const ID: &'static str;
    const VERSION: &'static str;
    const COMMANDS: &'static [&'static str];

    /// Reads the configuration, begins nothing. An error refuses the plugin and tells why.
    fn create(host: Host, configuration: &[u8]) -> Result<Self, String>;

    /// Begins work: threads, files, sockets.
    fn start(&mut self) -> Result<(), String> {
        Ok(())
    }

    /// Runs a command.
    fn invoke(&mut self, request: &Request) -> Result<Reply, Failure>;

    /// Takes an event; AGAIN to `Event::Topic`: not now, see `Host::resume`.
    fn event(&mut self, _event: Event) -> i32 {
        status::OK
    }

    /// Ends work: when it has returned, no thread of the plugin calls the host.
    fn stop(&mut self, _deadline_ns: u64) {}
}

/// Exports a type that is a `Plugin` as the library's one plugin.
macro_rules! export {
    ($plugin:ty) => {
        #[no_mangle]
        pub extern "C" fn jf_plugin_entry_1() -> *const $crate::jackfield::abi::Plugin {
            static TABLE: $crate::jackfield::abi::Plugin = $crate::jackfield::table::<$plugin>();
            &TABLE
        }
    };
}
pub(crate) use export;

// MARK: - From C and back

struct Holder<P> {
    host: Host,
    plugin: P,
}

pub const fn table<P: Plugin>() -> abi::Plugin {
    abi::Plugin {
        size: std::mem::size_of::<abi::Plugin>() as u32,
        abi_major: 1,
        abi_minor: 0,
        flags: 0,
        reserved: 0,
        id: text(P::ID),
        version: text(P::VERSION),
        create: create::<P>,
        start: start::<P>,
        invoke: invoke::<P>,
        event: event::<P>,
        stop: stop::<P>,
        destroy: destroy::<P>,
        extension: None,
    }
}

const fn text(text: &str) -> abi::Text {
    abi::Text { data: text.as_ptr() as *const c_char, length: text.len() as u64 }
}

fn bytes(bytes: &[u8]) -> abi::Bytes {
    abi::Bytes { data: bytes.as_ptr(), length: bytes.len() as u64 }
}

unsafe fn lent_bytes<'a>(bytes: abi::Bytes) -> &'a [u8] {
    if bytes.length == 0 {
        return &[];
    }
    std::slice::from_raw_parts(bytes.data, bytes.length as usize)
}

/// The host has checked that it is UTF-8; what is not becomes empty rather than undefined.
unsafe fn lent_text<'a>(text: abi::Text) -> &'a str {
    std::str::from_utf8(lent_bytes(abi::Bytes { data: text.data as *const u8, length: text.length })).unwrap_or("")
}

/// Runs a body so that no panic leaves it; the hook has printed the panic's message to standard error.
fn guarded<T>(host: Host, what: &str, body: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(body))
        .map_err(|_| host.log(Level::Error, "the plugin panicked", &format!("{{\"in\":{}}}", json::quote(what))))
        .ok()
}

unsafe extern "C" fn create<P: Plugin>(
    table: *const abi::Host,
    instance: *mut abi::Instance,
    configuration: abi::Bytes,
    result: *mut *mut c_void,
) -> i32 {
    let host = Host { table, instance };
    let made = guarded(host, "create", || {
        let register = host.service::<abi::Register>(b"jf.register/1\0").ok_or("the host has no 'jf.register/1'")?;
        for name in P::COMMANDS {
            let status = (register.command)(instance, text(name));
            if status != status::OK {
                let cure = "add it there, or remove it here";
                return Err(format!("plugin.json does not name the command '{}' (status {}); {}", name, status, cure));
            }
        }
        P::create(host, lent_bytes(configuration))
    });
    match made {
        Some(Ok(plugin)) => {
            *result = Box::into_raw(Box::new(Holder { host, plugin })) as *mut c_void;
            status::OK
        }
        Some(Err(reason)) => fail(host, &reason),
        None => status::FAILED,
    }
}

fn fail(host: Host, reason: &str) -> i32 {
    host.log(Level::Error, reason, "");
    status::FAILED
}

unsafe extern "C" fn start<P: Plugin>(this: *mut c_void) -> i32 {
    let holder = &mut *(this as *mut Holder<P>);
    match guarded(holder.host, "start", || holder.plugin.start()) {
        Some(Ok(())) => status::OK,
        Some(Err(reason)) => fail(holder.host, &reason),
        None => status::FAILED,
    }
}

unsafe extern "C" fn invoke<P: Plugin>(this: *mut c_void, request: *const abi::Request) -> i32 {
    // Only the size may be read before it is known to be enough; and input is JSON here, whatever else there may be.
    if (*request).size < std::mem::size_of::<abi::Request>() as u32 || (*request).content != CONTENT_JSON {
        return status::INVALID;
    }
    let holder = &mut *(this as *mut Holder<P>);
    let request = &*request;
    let host = holder.host;
    let lent = Request {
        call: request.call,
        command: lent_text(request.command),
        content: request.content,
        payload: lent_bytes(request.payload),
        deadline_ns: request.deadline_ns,
    };
    let panicked = || Err(Failure::new(status::FAILED, format!("'{}' panicked; see the host's log", lent.command)));
    match guarded(host, lent.command, || holder.plugin.invoke(&lent)).unwrap_or_else(panicked) {
        Ok(Reply::Done(json)) => host.finish(request.call, Ok(&json)),
        Ok(Reply::Later) => return status::PENDING,
        Err(failure) => host.finish(request.call, Err(&failure)),
    };
    status::OK
}

unsafe extern "C" fn event<P: Plugin>(this: *mut c_void, event: *const abi::Event) -> i32 {
    if (*event).size < std::mem::size_of::<abi::Event>() as u32 {
        return status::INVALID;
    }
    let holder = &mut *(this as *mut Holder<P>);
    let event = &*event;
    let what = match event.kind {
        1 => Event::Cancel { call: event.call, reason: event.value as i64 as i32 },
        2 => Event::Credit { call: event.call, chunks: event.value },
        6 => Event::Topic {
            subscription: event.subject,
            name: lent_text(event.name),
            content: event.content,
            payload: lent_bytes(event.payload),
            lost: event.value,
        },
        7 => Event::TopicReady { topic: event.subject },
        8 => Event::Configuration(lent_bytes(event.payload)),
        _ => Event::Other(event),
    };
    guarded(holder.host, "event", || holder.plugin.event(what)).unwrap_or(status::FAILED)
}

unsafe extern "C" fn stop<P: Plugin>(this: *mut c_void, deadline_ns: u64) -> i32 {
    let holder = &mut *(this as *mut Holder<P>);
    match guarded(holder.host, "stop", || holder.plugin.stop(deadline_ns)) {
        Some(()) => status::OK,
        None => status::FAILED,
    }
}

unsafe extern "C" fn destroy<P: Plugin>(this: *mut c_void) {
    let holder = Box::from_raw(this as *mut Holder<P>);
    guarded(holder.host, "destroy", move || drop(holder));
}

/// Enough JSON for flat inputs. For more take a crate of your liking.
pub mod json {
    /// The value of a member of an object as it stands in the text, quotes and escapes and all.
    pub fn member<'a>(json: &'a [u8], name: &str) -> Option<&'a str> {
        let mut rest = skip_spaces(json).strip_prefix(b"{")?;
        loop {
            let key = skip_spaces(rest);
            let after_key = skip_string(key.strip_prefix(b"\"")?)?;
            let value = skip_spaces(skip_spaces(after_key).strip_prefix(b":")?);
            let after_value = skip_value(value)?;
            if &key[1..key.len() - after_key.len() - 1] == name.as_bytes() {
                return std::str::from_utf8(&value[..value.len() - after_value.len()]).ok();
            }
            rest = skip_spaces(after_value).strip_prefix(b",")?;
        }
    }

    /// A member that is text.
    pub fn text(json: &[u8], name: &str) -> Option<String> {
        unquote(member(json, name)?)
    }

    /// A member that is a whole number: `Ok(None)` when it is absent, `Err` when it is something else.
    pub fn integer(json: &[u8], name: &str) -> Result<Option<i64>, ()> {
        member(json, name).map(|text| text.parse().map_err(|_| ())).transpose()
    }

    /// Text as JSON.
    pub fn quote(text: &str) -> String {
        let mut quoted = String::from("\"");
        for character in text.chars() {
            match character {
                '"' | '\\' => quoted.extend(['\\', character]),
                control if control < ' ' => quoted.push_str(&format!("\\u{:04x}", control as u32)),
                other => quoted.push(other),
            }
        }
        quoted + "\""
    }

    /// JSON as text; nothing when it is no text.
    pub fn unquote(json: &str) -> Option<String> {
        let mut units: Vec<u16> = Vec::new();
        let mut characters = json.strip_prefix('"')?.strip_suffix('"')?.chars();
        while let Some(character) = characters.next() {
            let plain = match character {
                '\\' => match characters.next()? {
                    'u' => {
                        let digits: String = characters.by_ref().take(4).collect();
                        units.push(u16::from_str_radix(&digits, 16).ok()?);
                        continue;
                    }
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    other => other,
                },
                other => other,
            };
            units.extend_from_slice(plain.encode_utf16(&mut [0; 2]));
        }
        String::from_utf16(&units).ok()
    }

    fn skip_spaces(json: &[u8]) -> &[u8] {
        &json[json.iter().position(|byte| !b" \t\r\n".contains(byte)).unwrap_or(json.len())..]
    }

    /// From behind the opening quote to behind the closing one.
    fn skip_string(json: &[u8]) -> Option<&[u8]> {
        let mut is_escaped = false;
        let end = json.iter().position(|&byte| {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        })?;
        Some(&json[end + 1..])
    }

    /// Counts brackets, so that deep nesting cannot overflow the stack.
    fn skip_value(json: &[u8]) -> Option<&[u8]> {
        let (mut rest, mut depth) = (json, 0);
        while let Some((&byte, tail)) = rest.split_first() {
            match byte {
                b'"' => {
                    rest = skip_string(tail)?;
                    if depth == 0 {
                        return Some(rest);
                    }
                    continue;
                }
                b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return Some(rest),
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 1 => return Some(tail),
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            rest = tail;
        }
        (depth == 0).then(|| rest)
    }
}
