// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Reads what the watches need of an event, and no more.
struct EventReader: ~Copyable {
  private let parser = JSONParser()

  /// An event and where it belongs.
  struct Reading: Sendable, Equatable {
    var session: String
    var run: String?
    var sequence: Int64?
    var event: TrainingEvent
  }

  /// Longer events are nothing the watches could use: reports, exports.
  static let mostBytes = 1 << 20

  static let topics: Set<String> = [
    "trainer.step", "trainer.log", "trainer.state", "trainer.test", "trainer.epoch", "trainer.session", "trainer.run",
    "trainer.checkpoint", "trainer.status", "trainer.disconnected",
  ]

  /// - Returns: Nil for what is of no session, or cannot be read.
  func read(_ bytes: Span<UInt8>, topic: String) -> Reading? {
    guard bytes.count <= Self.mostBytes, let event = try? parser.parse(bytes) else { return nil }
    let session = event["session_id"] ?? (topic == "trainer.disconnected" ? event["session"] : nil)
    guard let name = session?.string, !name.isEmpty, !name.hasPrefix("proc-") else { return nil }
    return Reading(
      session: name, run: event["run_id"]?.string, sequence: event["event_seq"]?.int, event: Self.event(event, topic))
  }

  private static func event(_ event: JSONElement, _ topic: String) -> TrainingEvent {
    switch topic {
    case "trainer.step": step(event) ?? .life
    case "trainer.log": complaint(event) ?? .life
    case "trainer.state": phase(event) ?? .life
    case "trainer.status": status(event) ?? .life
    case "trainer.disconnected": event["stillConnected"]?.bool == true ? .life : .phase(.lost)
    default: .life
    }
  }

  private static func step(_ event: JSONElement) -> TrainingEvent? {
    guard let step = event["step"]?.int.flatMap({ Int(exactly: $0) }) else { return nil }
    return .step(
      StepValues(
        step: step, loss: number(event["loss"]), gradientNorm: number(event["grad_norm"]), throughput: number(event["throughput"])))
  }

  private static func number(_ element: JSONElement?) -> StepNumber {
    guard let element else { return .missing }
    if element.kind == .null { return .null }
    guard let value = element.double, value.isFinite else { return .missing }
    return .value(value)
  }

  private static let complaintText = "Non-finite loss at step "

  /// "Non-finite loss at step N …", of level error.
  private static func complaint(_ event: JSONElement) -> TrainingEvent? {
    guard event["level"]?.equals("error") == true, let text = event["text"]?.string, text.hasPrefix(complaintText) else { return nil }
    let digits = text.dropFirst(complaintText.count).prefix { $0.isASCII && $0.isNumber }
    return Int(digits).map { .lossNotFinite(step: $0) }
  }

  private static func phase(_ event: JSONElement) -> TrainingEvent? {
    switch event["type"]?.string {
    case "paused", "stopping": .phase(.held)
    case "resumed": .phase(.running)
    case "trainingFinished": .phase(.ended)
    default: nil
    }
  }

  private static func status(_ event: JSONElement) -> TrainingEvent? {
    if event["connected"]?.bool == false { return .phase(.lost) }
    switch event["state"]?.string {
    case "running": return .phase(event["busy"].map { $0.kind == .null } ?? true ? .running : .held)
    case "paused", "testing", "connecting": return .phase(.held)
    case "ended": return .phase(.ended)
    case "lost": return .phase(.lost)
    default: return nil
    }
  }
}
