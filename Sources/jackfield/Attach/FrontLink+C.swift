// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON

/// A front's line to the host: what it is asked, and what it answers. Finds the host again after a restart.
final class FrontLink {
  enum Event {
    case chunk(JSONValue)
    /// Standard input is readable.
    case typed
    /// Ctrl-C.
    case interrupted
    /// The host has gone, or let go of this front; in a sentence.
    case lost(String)
  }

  private let input: JSONValue
  private let home: String?
  private var stream: CallStream?
  /// What the host calls this front; nil while it is not attached.
  private(set) var front: String?
  /// What others see of it.
  private(set) var name = "terminal"
  private var wasAttached = false

  /// How often to look for a host that has gone, in milliseconds.
  private static let interval: Int32 = 500

  /// - Throws: `CommandFailure` when no host runs.
  init(_ input: JSONValue, home: String?) throws(CommandFailure) {
    self.input = input
    self.home = home
    stream = try CallStream("bridge.attach", input, home: home)
  }

  /// - Parameter hearsInput: Whether standard input is waited for, too.
  /// - Throws: `CommandFailure` when the host refuses this front.
  func next(hearsInput: Bool) throws -> Event {
    while true {
      if let event = try stream == nil ? awaitHost(hearsInput) : listen(hearsInput) { return event }
    }
  }

  private func listen(_ hearsInput: Bool) throws -> Event? {
    guard let stream else { return nil }
    do {
      switch try stream.next(other: hearsInput ? STDIN_FILENO : -1) {
      case .chunk(let chunk):
        if let front = chunk["front"]?.stringValue {
          self.front = front
          name = chunk["name"]?.stringValue ?? name
          wasAttached = true
        }
        return .chunk(chunk)
      case .other: return .typed
      case .interrupted: return .interrupted
      case .answer(let answer): return lost("detached: \(answer["reason"]?.stringValue ?? "the host ended it")")
      case .failure(let failure): return try failed(failure)
      case .progress, .silent: return nil
      }
    } catch let failure as CommandFailure {
      guard wasAttached, self.stream != nil else { throw failure }
      return lost(failure.description)
    }
  }

  /// What passes, as while plugins start, is waited for by those who were attached before.
  private func failed(_ failure: ControlClient.Failure) throws -> Event? {
    let passing: Set<String> = ["not_found", "stopping", "gone", "busy", "cancelled", "deadline"]
    stream = nil
    guard wasAttached, passing.contains(failure.data?["status"]?.stringValue ?? "") else { throw CommandFailure(failure.description) }
    return front == nil ? nil : lost("the host let go of this front: \(failure.description)")
  }

  private func lost(_ sentence: String) -> Event {
    stream = nil
    front = nil
    return .lost(sentence)
  }

  private func awaitHost(_ hearsInput: Bool) throws -> Event? {
    var wanted = [
      pollfd(fd: Interrupt.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: hearsInput ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
    ]
    let count = unsafe poll(&wanted, 2, Self.interval)
    if Interrupt.isRequested { return .interrupted }
    if count > 0, wanted[1].revents != 0 { return .typed }
    stream = try? CallStream("bridge.attach", input, home: home)
    return nil
  }

  // MARK: - Answers

  /// - Parameter member: "result", "error" or "part".
  /// - Returns: Why it was not taken; nil when it was.
  func answer(_ question: Int, _ member: String, _ value: JSONValue) -> ControlClient.Failure? {
    call("bridge.answer", ["front": front.map { .string($0) } ?? .null, "question": .integer(Int64(question)), member: value]).failure
  }

  /// Calls a command of the host.
  func call(_ command: String, _ input: JSONValue) -> (result: JSONValue?, failure: ControlClient.Failure?) {
    do {
      let answer = try ControlClient(home: home, patience: 10_000).request("command/call", ["name": .string(command), "input": input])
      return (answer["result"] ?? .null, nil)
    } catch let failure as ControlClient.Failure {
      return (nil, failure)
    } catch {
      return (nil, ControlClient.Failure(code: 0, description: "\(error)", data: nil))
    }
  }
}
