// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK
internal import Synchronization

/// The thread that makes lines of bytes, hands replies to those who wait, and puts events into the spool. It waits for nobody,
/// so that a trainer can be paused even while a full database holds its events back.
final class Pump: Sendable {
  private let inbox: Inbox
  private let spool: Spool
  private let sessions: SessionTable
  private let requests: RequestTable
  private let log: PluginLog
  private let maxLineBytes: Int
  private let shown = Mutex(PumpCounts())

  init(inbox: Inbox, spool: Spool, sessions: SessionTable, requests: RequestTable, log: PluginLog, maxLineBytes: Int) {
    self.inbox = inbox
    self.spool = spool
    self.sessions = sessions
    self.requests = requests
    self.log = log
    self.maxLineBytes = maxLineBytes
  }

  /// What has come so far.
  var counts: PumpCounts { shown.withLock { $0 } }

  /// Works until the inbox is closed and empty. On a thread of its own.
  func run() {
    var work = Work(limit: maxLineBytes)
    while let batch = inbox.take() {
      var offset = 0
      for happening in batch.happenings {
        switch happening {
        case .opened(let connection): open(connection, &work)
        case .closed(let connection): close(connection, &work)
        case .bytes(let connection, let count):
          receive(batch.bytes.span.extracting(offset..<offset + count), from: connection, &work)
          offset += count
        }
      }
      shown.withLock { $0 = work.counts }
    }
    for connection in work.framers.keys.sorted() { close(connection, &work) }
    shown.withLock { $0 = work.counts }
  }

  /// What only the pump's thread touches.
  private struct Work {
    let limit: Int
    let parser = JSONParser()
    var framers: [UInt64: LineFramer] = [:]
    var counts = PumpCounts()
    /// When bad lines were last told of, and how many came since.
    var complainedAt: UInt64 = 0
    var unspoken = 0

    init(limit: Int) { self.limit = limit }
  }
}

// MARK: - Lines

extension Pump {
  private func open(_ connection: Connection, _ work: inout Work) {
    work.framers[connection.id] = LineFramer(limit: work.limit)
    work.counts.connections += 1
    sessions.opened(connection)
    announce(.connected, ["connection": .integer(Int64(connection.id)), "peer": .string(connection.peer)])
    log.info("trainer connected", ["peer": connection.peer])
  }

  private func close(_ connection: UInt64, _ work: inout Work) {
    if work.framers.removeValue(forKey: connection)?.isTorn == true { work.counts.torn += 1 }
    // First out of the table, then its requests: whoever asks in between finds it gone.
    let orphans = sessions.closed(connection)
    requests.closed(connection)
    announce(.disconnected, ["connection": .integer(Int64(connection)), "sessions": .array(orphans.map { .string($0) })])
    log.info("trainer disconnected", ["sessions": orphans.joined(separator: ", ")])
  }

  private func announce(_ kind: TopicKind, _ event: [String: JSONValue]) {
    let time = JSONValue.number(Date().timeIntervalSince1970)
    spool.add(JSONValue.object(event.merging(["time": time]) { $1 }).bytes().span, for: kind)
  }

  private func receive(_ bytes: Span<UInt8>, from connection: UInt64, _ work: inout Work) {
    guard var framer = work.framers.removeValue(forKey: connection) else { return }
    let longBefore = framer.longLines
    framer.add(bytes) { take($0, from: connection, &work) }
    work.counts.tooLong += framer.longLines - longBefore
    work.framers[connection] = framer
  }

  private func take(_ line: Span<UInt8>, from connection: UInt64, _ work: inout Work) {
    work.counts.lines += 1
    let element: JSONElement
    do {
      element = try work.parser.parse(line)
    } catch {
      work.counts.notJSON += 1
      return complain("line is not JSON", error.message, &work)
    }
    let peek = LinePeek(element)
    if let type = peek.type?.string {
      takeEvent(type, peek, element, line, connection, &work)
    } else if let id = peek.id, let isOK = peek.isOK {
      work.counts.replies += 1
      requests.reply(id.string ?? "", isOK ? .success(element["data"]?.value() ?? .null) : .failure(failure(in: element)))
    } else {
      work.counts.unknown += 1
      complain("line is neither event nor reply", "it has no 'type', nor 'id' with 'ok'", &work)
    }
  }

  /// Tells of bad lines, at most once in ten seconds.
  private func complain(_ message: String, _ reason: String, _ work: inout Work) {
    work.unspoken += 1
    let now = MonotonicClock.now
    guard work.complainedAt == 0 || now - work.complainedAt > 10_000_000_000 else { return }
    log.warning(message, ["reason": reason, "lines": work.unspoken])
    work.complainedAt = now
    work.unspoken = 0
  }

  private func failure(in reply: JSONElement) -> PluginFailure {
    let text = reply["error"]?.string ?? "it gave no reason"
    return PluginFailure("the trainer refused: \(text)", code: "trainer_error", data: reply["detail"]?.value())
  }
}

// MARK: - Events

extension Pump {
  private func takeEvent(
    _ type: String, _ peek: LinePeek, _ element: JSONElement, _ line: Span<UInt8>, _ connection: UInt64, _ work: inout Work
  ) {
    let session = peek.session?.string.flatMap { $0.isEmpty ? nil : $0 }
    if type == "client_hello" { return takeHello(element, session, connection) }
    work.counts.events += 1
    spool.add(line, for: TopicKind(type: type))
    guard let session else { return }
    sessions.heard(session, on: connection) { known in
      if let run = peek.run?.string, known.run != run { known.run = run }
      if type == "session_started" {
        known.project = element["project"]?.string ?? known.project
        known.runName = element["run_name"]?.string ?? known.runName
      }
      known.saw(type: type, seq: peek.seq, step: peek.step)
    }
  }

  /// Our own client introduces itself; kept here, not published.
  private func takeHello(_ hello: JSONElement, _ session: String?, _ connection: UInt64) {
    if hello["wants_ack"]?.bool == true { sessions.setWantsAcks(connection) }
    guard let session else { return }
    sessions.heard(session, on: connection) { known in
      known.project = hello["project"]?.string ?? known.project
      known.run = hello["run_id"]?.string ?? known.run
      known.runName = hello["run_name"]?.string ?? known.runName
      known.pid = hello["pid"]?.int ?? known.pid
      known.workingDirectory = hello["cwd"]?.string ?? known.workingDirectory
      let version = hello["version"]?.string.map { " \($0)" } ?? ""
      known.client = hello["client"]?.string.map { $0 + version } ?? known.client
    }
  }
}
