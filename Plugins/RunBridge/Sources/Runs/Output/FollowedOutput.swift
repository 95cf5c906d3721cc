// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Processes

/// One captured run whose output is being published.
struct FollowedOutput {
  private struct Event {
    var topic: OutputTopic
    var bytes: [UInt8]
    /// Once it is published.
    var position: OutputPosition
  }

  private static let pieceBytes = 64 << 10

  let run: Run
  private let directory: String
  private let files: OutputFiles
  private var cutters: [LineCutter]
  private var published: OutputPosition
  /// Behind all events that wait.
  private var latest: OutputPosition
  private var waiting: [Event] = []

  /// - Returns: Nil when there are no files to read.
  init?(_ run: Run) {
    guard let directory = run.output, let files = OutputFiles(directory) else { return nil }
    self.run = run
    self.directory = directory
    self.files = files
    published = OutputPosition(in: directory)
    latest = published
    cutters = published.offsets.map { LineCutter(offset: $0) }
    if published.sequence == 0 { tell(Self.started(run)) }
  }

  var isDone: Bool { published.isDone }

  /// Reads a piece of each stream, unless what was read before has not been published.
  ///
  /// - Returns: Whether there may be more.
  mutating func read() -> Bool {
    guard waiting.isEmpty, !latest.isDone else { return false }
    var hasMore = false
    for stream in cutters.indices {
      let piece = files.read(stream, at: cutters[stream].offset, most: Self.pieceBytes)
      guard !piece.isEmpty else { continue }
      hasMore = true
      var lines: [(String, Int)] = []
      cutters[stream].feed(piece) { lines.append(($0, $1)) }
      for (line, next) in lines { add(line, stream, next) }
      files.release(stream, before: cutters[stream].handedOut)
    }
    return hasMore
  }

  /// Has the lines without an end and the run's end published; nothing may be read any more.
  mutating func finish(_ ended: Run) {
    guard waiting.isEmpty, !latest.isDone else { return }
    for stream in cutters.indices {
      var rest: [(String, Int)] = []
      cutters[stream].finish { rest.append(($0, $1)) }
      for (line, next) in rest { add(line, stream, next) }
    }
    latest.isDone = true
    tell(Self.ended(ended))
  }

  /// Publishes what waits, and writes down how far that went.
  ///
  /// - Returns: The topic that has no room; nil when all is published.
  mutating func publish(to sink: any OutputSink) throws -> OutputTopic? {
    guard !waiting.isEmpty else { return nil }
    var (count, full) = (0, OutputTopic?.none)
    defer {
      waiting.removeFirst(count)
      if count > 0 { _ = published.write(in: directory) }
    }
    for event in waiting {
      guard try sink.offer(event.bytes, on: event.topic) else {
        full = event.topic
        break
      }
      published = event.position
      count += 1
    }
    return full
  }

  /// Passes an event over that cannot be published at all.
  mutating func passOver() {
    guard let event = waiting.first else { return }
    published = event.position
    waiting.removeFirst()
    _ = published.write(in: directory)
  }

  // MARK: - Events

  private mutating func add(_ line: String, _ stream: Int, _ next: Int) {
    latest.offsets[stream] = next
    append(
      .log,
      [
        "type": "log", "level": stream == 0 ? "info" : "error", "phase": .string(OutputFiles.streams[stream]), "text": .string(line),
      ])
  }

  private mutating func tell(_ members: [String: JSONValue]) { append(.process, members) }

  private mutating func append(_ topic: OutputTopic, _ members: [String: JSONValue]) {
    latest.sequence += 1
    var members = members
    members["session_id"] = .string(run.id)
    members["run_id"] = .string(run.id)
    members["event_seq"] = .integer(latest.sequence)
    if members["ts"] == nil { members["ts"] = .number(WallClock.now) }
    waiting.append(Event(topic: topic, bytes: JSONValue.object(members).bytes(), position: latest))
  }

  private static func started(_ run: Run) -> [String: JSONValue] {
    var members: [String: JSONValue] = [
      "type": "process_started", "name": .string(run.name), "command": .array(run.command.map { .string($0) }), "ts": .number(run.started),
    ]
    members["pid"] = run.process.map { .integer(Int64($0.pid)) }
    members["cwd"] = run.directory.map { .string($0) }
    return members
  }

  private static func ended(_ run: Run) -> [String: JSONValue] {
    var members: [String: JSONValue] = ["type": "process_ended"]
    members["ts"] = run.ended.map { .number($0) }
    switch run.ending {
    case .exited(let status): members["exit_status"] = .integer(Int64(status))
    case .signalled(let signal): members["exit_signal"] = .integer(Int64(signal))
    case .unknown, nil: break
    }
    return members
  }
}
