// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import Synchronization

/// This plugin as a client of the host's control door: everything a page asks of the host goes through one connection.
///
/// It connects when it is first needed, and again after a loss. What was open then has failed with "gone"; subscriptions go on by themselves.
/// What it tells is told on its own thread, one thing after the other, by closures that must not wait.
final class ControlLink: Sendable {
  typealias OnAnswer = @Sendable (Result<JSONPiece, ControlFault>) -> Void

  /// What a call that streams says before its answer.
  enum Piece: Sendable {
    case chunk(JSONPiece)
    /// `{"fraction", "note"}`, each may be missing.
    case progress([UInt8])
  }

  /// What a subscription says.
  enum News: Sendable {
    /// From now on nothing is missed.
    case began
    case event(ControlEvent)
    /// The connection ended. "began" follows when it is there again.
    case broken
    /// The host does not want it; nothing follows.
    case refused(ControlFault)
  }

  /// The host answers "busy" to the thousand and first.
  static let openLimit = 900
  /// The host takes 64 of one connection.
  static let subscriptionLimit = 60
  /// In bytes of one line; the host takes 16 MiB with what stands around.
  static let lineLimit = 16 << 20

  let desk: ControlDesk
  private let path: String
  private let bell: Bell
  private let thread = Mutex<OwnedThread?>(nil)

  /// Begins nothing yet.
  ///
  /// - Parameters:
  ///   - path: Of the control door's socket.
  init(path: String) throws {
    self.path = path
    do { bell = try Bell() } catch {
      throw PluginFailure("cannot make a descriptor for the control link (error \(error.number)): raise the limit of open files")
    }
    desk = ControlDesk()
  }

  /// Ends the connection and the thread; open calls fail with "stopping". Waits for the thread, which waits for nothing.
  func stop() {
    guard desk.close() else { return }
    bell.ring()
    thread.withLock { $0.take() }?.join()
  }

  // MARK: - Asking

  /// Asks, and hears the `result` member of the answer.
  ///
  /// - Parameter parameters: An object of JSON in one line.
  @discardableResult
  func ask(_ method: String, _ parameters: [UInt8] = Array("{}".utf8), onAnswer: @escaping OnAnswer) -> UInt64 {
    send(method, parameters, ControlDesk.Open(onAnswer: onAnswer, onPiece: nil))
  }

  /// Calls a command that streams. Nothing comes before `grant`. The answer is that of `command/call`: its member `result` is the command's.
  func stream(
    _ parameters: [UInt8], onPiece: @escaping @Sendable (Piece) -> Void, onAnswer: @escaping OnAnswer
  ) -> UInt64 {
    send("command/call", parameters, ControlDesk.Open(onAnswer: onAnswer, onPiece: onPiece))
  }

  /// Allows that many more chunks.
  func grant(_ call: UInt64, _ chunks: Int) {
    tell("call/grant", ["callId": .integer(Int64(call)), "chunks": .integer(Int64(chunks))], about: call)
  }

  /// Gives a call up; its answer follows, with the status "cancelled" unless it was done.
  func cancel(_ call: UInt64) { tell("call/cancel", ["callId": .integer(Int64(call))], about: call) }

  /// Hears events until `unsubscribe`.
  func subscribe(_ pattern: String, onNews: @escaping @Sendable (News) -> Void) -> UInt64 {
    let number = desk.addSubscription(pattern, onNews)
    wake()
    return number
  }

  /// What was on its way still comes.
  func unsubscribe(_ number: UInt64) {
    desk.removeSubscription(number)
    bell.ring()
  }

  private func send(_ method: String, _ parameters: [UInt8], _ open: ControlDesk.Open) -> UInt64 {
    let (number, fault) = desk.add(method, parameters, open)
    if let fault { open.onAnswer(.failure(fault)) } else { wake() }
    return number
  }

  private func tell(_ method: String, _ parameters: JSONValue, about call: UInt64) {
    desk.tell(method, parameters, about: call)
    bell.ring()
  }

  private func wake() {
    bell.ring()
    let isThere = thread.withLock { thread in
      if thread == nil, !desk.isClosed {
        thread = OwnedThread.start(name: "jf-dash-control") { [desk, path, bell] in ControlLoop(desk, path: path, bell: bell).run() }
      }
      return thread != nil
    }
    if !isThere {
      desk.failAll(ControlFault("busy", "the system has no thread to give for the way to the host; try again", retryable: true))
    }
  }
}

extension ControlLink {
  /// Asks, and waits for the answer; a task that is cancelled waits no longer.
  func answer(_ method: String, _ parameters: JSONValue = [:]) async throws(ControlFault) -> JSONValue {
    let answer: Result<JSONPiece, ControlFault> = await withCheckedContinuation { continuation in
      ask(method, parameters.bytes()) { continuation.resume(returning: $0) }
    }
    return try answer.get().value ?? .null
  }
}
