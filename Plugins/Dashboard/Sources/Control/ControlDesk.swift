// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Synchronization

/// What is open at the control door, between those who ask and the thread that speaks with the host.
final class ControlDesk: Sendable {
  /// Somebody who waits for an answer.
  struct Open: Sendable {
    let onAnswer: ControlLink.OnAnswer
    /// Nil: the call does not stream.
    let onPiece: (@Sendable (ControlLink.Piece) -> Void)?
  }

  struct Subscription: Sendable {
    let pattern: String
    let onNews: @Sendable (ControlLink.News) -> Void
    /// The host's number for it; nil while it is not begun.
    var hostNumber: Int?
    /// Whether the host was asked for it on this connection.
    var isAsked = false
  }

  private struct State {
    var isClosed = false
    var lastNumber: UInt64 = 0
    var open: [UInt64: Open] = [:]
    var subscriptions: [UInt64: Subscription] = [:]
    /// By the host's number.
    var byHostNumber: [Int: UInt64] = [:]
    /// Lines that the thread has not taken.
    var lines: [[UInt8]] = []
    var bytes = 0

    mutating func put(_ line: [UInt8]) {
      lines.append(line)
      bytes += line.count
    }
  }

  /// In bytes of lines that the host has not taken.
  private static let byteLimit = 128 << 20
  /// How many events wait at the host while this plugin is slow.
  private static let queue = 8_192

  private let state = Mutex(State())

  var isClosed: Bool { state.withLock { $0.isClosed } }
  /// Calls and questions that are not answered.
  var openCount: Int { state.withLock { $0.open.count } }

  // MARK: - For those who ask

  /// - Returns: The number of the request; and why it was not taken.
  func add(_ method: String, _ parameters: [UInt8], _ open: Open) -> (UInt64, ControlFault?) {
    state.withLock { state in
      state.lastNumber += 1
      let number = state.lastNumber
      if state.isClosed { return (number, Self.closedFault) }
      guard state.open.count < ControlLink.openLimit else {
        return (
          number, ControlFault("busy", "\(ControlLink.openLimit) calls of pages are open; try again when some are done", retryable: true)
        )
      }
      guard parameters.count < ControlLink.lineLimit - 4_096 else {
        return (number, ControlFault("too_large", "the input has \(parameters.count) bytes; the host takes at most 16 MiB"))
      }
      guard state.bytes + parameters.count < Self.byteLimit else {
        return (number, ControlFault("busy", "the host does not read as fast as pages ask; try again", retryable: true))
      }
      state.open[number] = open
      state.put(Self.line(method, parameters, number))
      return (number, nil)
    }
  }

  /// Sends something that is never answered, if the call is still open.
  func tell(_ method: String, _ parameters: JSONValue, about call: UInt64) {
    state.withLock { state in
      guard state.open[call] != nil else { return }
      state.put(Self.line(method, parameters.bytes(), nil))
    }
  }

  func addSubscription(_ pattern: String, _ onNews: @escaping @Sendable (ControlLink.News) -> Void) -> UInt64 {
    state.withLock { state in
      state.lastNumber += 1
      state.subscriptions[state.lastNumber] = Subscription(pattern: pattern, onNews: onNews)
      return state.lastNumber
    }
  }

  func removeSubscription(_ number: UInt64) {
    state.withLock { state in
      guard let subscription = state.subscriptions.removeValue(forKey: number), let host = subscription.hostNumber else { return }
      state.byHostNumber[host] = nil
      state.put(Self.line("event/unsubscribe", JSONValue.object(["subscription": .integer(Int64(host))]).bytes(), nil))
    }
  }

  /// Nothing is taken any more; false when that was so before.
  func close() -> Bool {
    state.withLock { state in
      defer { state.isClosed = true }
      return !state.isClosed
    }
  }

  private static let closedFault = ControlFault("stopping", "the dashboard is being stopped")

  private static func line(_ method: String, _ parameters: [UInt8], _ number: UInt64?) -> [UInt8] {
    let id = number.map { #","id":\#($0)"# } ?? ""
    return Array(#"{"jsonrpc":"2.0"\#(id),"method":"\#(method)","params":"#.utf8) + parameters + [UInt8(ascii: "}"), 10]
  }
}

// MARK: - For the thread

extension ControlDesk {
  /// Whether there is a reason to be connected.
  var isNeeded: Bool { state.withLock { !$0.lines.isEmpty || !$0.open.isEmpty || !$0.subscriptions.isEmpty } }

  /// What is to be written next, requests for new subscriptions included.
  func takeLines() -> [[UInt8]] {
    state.withLock { state in
      for (number, subscription) in state.subscriptions where !subscription.isAsked {
        state.subscriptions[number]?.isAsked = true
        askFor(subscription, number, &state)
      }
      defer { state.lines = [] }
      return state.lines
    }
  }

  /// The host has taken that many bytes.
  func wrote(_ count: Int) { state.withLock { $0.bytes -= count } }

  private func askFor(_ subscription: Subscription, _ number: UInt64, _ state: inout State) {
    state.lastNumber += 1
    state.open[state.lastNumber] = Open(onAnswer: { [weak self] in self?.began(number, $0) }, onPiece: nil)
    let parameters: JSONValue = ["patterns": [.string(subscription.pattern)], "queue": .integer(Int64(Self.queue))]
    state.put(Self.line("event/subscribe", parameters.bytes(), state.lastNumber))
  }

  private func began(_ number: UInt64, _ answer: Result<JSONPiece, ControlFault>) {
    let host: Int
    switch answer {
    case .success(let piece): host = piece.members()["subscription"]?.int ?? 0
    case .failure(let fault):
      // A connection that was lost is told to subscriptions apart.
      guard fault.status != "gone", fault.status != "stopping" else { return }
      let refused = state.withLock { $0.subscriptions.removeValue(forKey: number) }
      refused?.onNews(.refused(fault))
      return
    }
    let subscription: Subscription? = state.withLock { state in
      guard state.subscriptions[number] != nil else {
        state.put(Self.line("event/unsubscribe", JSONValue.object(["subscription": .integer(Int64(host))]).bytes(), nil))
        return nil
      }
      state.subscriptions[number]?.hostNumber = host
      state.byHostNumber[host] = number
      return state.subscriptions[number]
    }
    subscription?.onNews(.began)
  }

  /// Hands one line of the host to whoever waits for it.
  func take(_ line: [UInt8]) {
    let message = JSONPiece(line).members()
    guard let method = message["method"]?.string else { return takeAnswer(message) }
    guard let parameters = message["params"]?.members() else { return }
    switch method {
    case "event": takeEvent(parameters)
    case "call/chunk": takePiece(parameters) { $0["chunk"].map { .chunk($0) } }
    case "call/progress": takePiece(parameters) { .progress(Self.progress($0)) }
    default: break  // of a younger host: nothing we asked for
    }
  }

  private func takeAnswer(_ message: JSONMembers) {
    guard let number = message["id"]?.int, number >= 0, let open = state.withLock({ $0.open.removeValue(forKey: UInt64(number)) }) else {
      return
    }
    if let result = message["result"] { return open.onAnswer(.success(result)) }
    open.onAnswer(.failure(ControlFault(answer: message["error"]?.value ?? .null)))
  }

  private func takePiece(_ parameters: JSONMembers, _ piece: (JSONMembers) -> ControlLink.Piece?) {
    guard let number = parameters["call"]?.int, number >= 0, let onPiece = state.withLock({ $0.open[UInt64(number)]?.onPiece }),
      let piece = piece(parameters)
    else { return }
    onPiece(piece)
  }

  private func takeEvent(_ parameters: JSONMembers) {
    guard let host = parameters["subscription"]?.int,
      let subscription = state.withLock({ state in state.byHostNumber[host].flatMap { state.subscriptions[$0] } }),
      let event = ControlEvent(parameters)
    else { return }
    subscription.onNews(.event(event))
  }

  private static func progress(_ parameters: JSONMembers) -> [UInt8] {
    let members = ["fraction", "note"].compactMap { name in parameters[name].map { Array("\"\(name)\":".utf8) + $0.text } }
    return [UInt8(ascii: "{")] + Array(members.joined(separator: [UInt8(ascii: ",")])) + [UInt8(ascii: "}")]
  }

  /// Fails everything that is open; subscriptions are to be asked for again.
  func failAll(_ fault: ControlFault) {
    let (open, broken) = state.withLock { state in
      let result = (Array(state.open.values), state.subscriptions.values.filter { $0.hostNumber != nil })
      state.open = [:]
      state.byHostNumber = [:]
      state.lines = []
      state.bytes = 0
      for number in state.subscriptions.keys {
        state.subscriptions[number]?.hostNumber = nil
        state.subscriptions[number]?.isAsked = false
      }
      return result
    }
    for one in open { one.onAnswer(.failure(fault)) }
    for subscription in broken { subscription.onNews(.broken) }
  }
}
