// SPDX-License-Identifier: Apache-2.0
// Writes down what passes between the host and one instance, wherever it lives. Every crossing fits in one line.
import Glibc
import JSON
import PluginAPI
import Synchronization

/// A file with one JSON object a crossing: {"t", "who", "call"?, "topic"?, "what", "with", "status"?}.
final class CrossingRecord: Sendable {
  private let file: Int32
  /// Payloads longer than this are cut.
  private static let shown = 4_096

  /// - Returns: nil when the file cannot be made: a plugin runs without its record rather than not at all.
  init?(_ path: String?) {
    guard let path else { return nil }
    let slash = path.lastIndex(of: "/") ?? path.startIndex
    unsafe mkdir(String(path[..<slash]), 0o700)
    file = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if file < 0 { return nil }
  }

  deinit { close(file) }

  /// Who asked whom.
  enum Direction: String { case toPlugin = "host", toHost = "plugin" }

  func write(
    _ direction: Direction, _ what: String, call: CallID? = nil, topic: UInt64? = nil, _ values: KeyValuePairs<String, JSONValue> = [:],
    status: Int32? = nil
  ) {
    var line: [String: JSONValue] = ["t": .integer(Int64(clamping: MonotonicClock.now())), "who": .string(direction.rawValue)]
    line["what"] = .string(what)
    if let call { line["call"] = .string("\(call)") }
    if let topic { line["topic"] = .string("\(topic)") }
    for (key, value) in values { line[key] = value }
    if let status { line["status"] = .integer(Int64(status)) }
    let bytes = JSONValue.object(line).bytes() + [UInt8(ascii: "\n")]
    // One write a line: lines of several threads do not mix.
    _ = unsafe Glibc.write(file, bytes, bytes.count)
  }

  func invoke(_ call: any InstanceCall, _ payload: [UInt8]) {
    write(.toPlugin, "invoke", call: call.id, ["command": .string(call.commandName), "payload": Self.text(payload)])
  }

  func event(_ event: jf_event) {
    let call: CallID? = unsafe event.call == 0 ? nil : event.call
    let payload = unsafe event.payload.buffer.map { unsafe Self.text($0) } ?? ""
    unsafe write(
      .toPlugin, "event", call: call,
      [
        "kind": .integer(Int64(event.kind)), "subject": .integer(Int64(clamping: event.subject)),
        "value": .integer(Int64(bitPattern: event.value)), "name": .string(event.name.string(limit: 4_096) ?? "no text"),
        "payload": payload,
      ])
  }

  /// A payload as text where it is text, else its length.
  static func text(_ payload: some Collection<UInt8>) -> JSONValue {
    let cut = payload.prefix(shown)
    guard let text = String(validating: cut, as: UTF8.self) else { return .string("\(payload.count) bytes") }
    return .string(payload.count > shown ? text + "… \(payload.count) bytes" : text)
  }
}
