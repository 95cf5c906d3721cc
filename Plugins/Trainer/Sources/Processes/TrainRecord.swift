// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import JSON
internal import Processes

/// A process begun here, as it is written down: it may live longer than the host.
struct TrainRecord: Sendable {
  let id: String
  var name: String
  var command: [String]
  var directory: String
  var pid: pid_t
  /// With `pid` it names the process for good, see `ProcessStat`.
  var began: UInt64
  /// Unix seconds.
  var started: Double
  var run: String?
  /// The trainer's session, when one has shown up.
  var session: String?
  var ended: Double?
  var ending: ProcessEnding?
  /// The number of the last event about it.
  var sequence: Int64 = 0

  init(id: String, name: String, command: [String], directory: String, pid: pid_t, began: UInt64, started: Double) {
    self.id = id
    self.name = name
    self.command = command
    self.directory = directory
    self.pid = pid
    self.began = began
    self.started = started
  }

  /// Reads what was written down.
  init?(_ value: JSONValue) {
    guard let id = value["id"]?.stringValue, let pid = value["pid"]?.intValue.flatMap({ pid_t(exactly: $0) }), pid > 1,
      let command = value["command"]?.arrayValue?.compactMap(\.stringValue), let directory = value["cwd"]?.stringValue
    else { return nil }
    self.init(
      id: id, name: value["name"]?.stringValue ?? id, command: command, directory: directory, pid: pid,
      began: value["began"]?.stringValue.flatMap(UInt64.init) ?? 0, started: value["started"]?.doubleValue ?? 0)
    run = value["run"]?.stringValue
    session = value["session"]?.stringValue
    ended = value["ended"]?.doubleValue
    if let status = value["exitStatus"]?.intValue {
      ending = .exited(Int32(truncatingIfNeeded: status))
    } else if let signal = value["exitSignal"]?.intValue {
      ending = .signalled(Int32(truncatingIfNeeded: signal))
    } else if ended != nil {
      ending = .unknown
    }
  }

  var isRunning: Bool { ended == nil }

  /// As `train.list` shows it.
  var description: JSONValue {
    var members: [String: JSONValue] = [
      "id": .string(id), "name": .string(name), "command": .array(command.map { .string($0) }), "cwd": .string(directory),
      "pid": .integer(Int64(pid)), "started": .number(started), "state": isRunning ? "running" : "ended",
    ]
    members["run"] = run.map { .string($0) }
    members["session"] = session.map { .string($0) }
    members["ended"] = ended.map { .number($0) }
    switch ending {
    case .exited(let status): members["exitStatus"] = .integer(Int64(status))
    case .signalled(let signal): members["exitSignal"] = .integer(Int64(signal))
    case .unknown: members["note"] = "how it ended is not known: the host was restarted since it began"
    case nil: break
    }
    return .object(members)
  }

  /// As it is written down.
  var file: [UInt8] {
    var members = description
    members["began"] = .string("\(began)")
    return members.bytes()
  }

  // MARK: - Events

  /// An event about it, with the next number.
  mutating func event(_ type: String, _ members: [String: JSONValue]) -> [UInt8] {
    sequence += 1
    var members = members
    members["type"] = .string(type)
    members["session_id"] = .string(id)
    members["event_seq"] = .integer(sequence)
    members["ts"] = .number(WallClock.now)
    if members["run_id"] == nil { members["run_id"] = run.map { .string($0) } }
    return JSONValue.object(members).bytes()
  }

  mutating func startedEvent() -> [UInt8] {
    event(
      "process_started",
      [
        "name": .string(name), "command": .array(command.map { .string($0) }), "pid": .integer(Int64(pid)), "cwd": .string(directory),
      ])
  }

  mutating func endedEvent() -> [UInt8] {
    switch ending {
    case .exited(let status): event("process_ended", ["exit_status": .integer(Int64(status))])
    case .signalled(let signal): event("process_ended", ["exit_signal": .integer(Int64(signal))])
    case .unknown, nil: event("process_ended", [:])
    }
  }
}
