// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import JSON

/// What waits, and what was answered on connections that are still open. No clock, no input or output: everything is told.
struct OperationTable: Sendable {
  /// What became of an announcement.
  enum Announced: Sendable {
    case new(KeptOperation)
    /// It waits already, or was answered: clients announce everything twice, and again when an answer was lost.
    case known
    /// It is not taken; words for the script.
    case refused(String)
  }

  /// An operation of an open connection that is over.
  private struct Mark: Sendable, Equatable {
    let operation: String
    let resumeToken: String?
    let scriptRun: String?
  }

  /// Of one connection.
  private static let mostMarks = 256

  let settings: OperationSettings
  private(set) var open: [Int: KeptOperation] = [:]
  /// Who is called instead of a connection: debug adapters.
  private var listeners: [Int: [UInt]] = [:]
  private var marks: [UInt: [Mark]] = [:]
  /// In bytes of what all that wait say.
  private(set) var size = 0
  private var lastNumber = 0

  init(_ settings: OperationSettings) { self.settings = settings }

  mutating func begin(after number: Int) { lastNumber = max(lastNumber, number) }

  var inOrder: [KeptOperation] { open.values.sorted { $0.number < $1.number } }

  // MARK: - Announcements

  /// - Parameter listener: Who is to be called with the answer; nil: the connection is sent it.
  mutating func announce(_ start: OperationStart, by caller: Caller, listener: UInt?, now: Double) -> Announced {
    if let number = waiting(start, caller) {
      if let listener { listeners[number, default: []].append(listener) }
      if let connection = caller.connection, open[number]?.connection == nil { open[number]?.connection = connection }
      return .known
    }
    if wasAnswered(start, caller) { return .known }
    let added = start.body.bytes().count
    if let words = refusal(added, caller) { return .refused(words) }
    lastNumber += 1
    let operation = KeptOperation(lastNumber, start, by: caller, size: added, now: now, timeout: timeout(of: start))
    add(operation)
    if let listener { listeners[lastNumber] = [listener] }
    return .new(operation)
  }

  /// Takes back one that was announced before the host began.
  mutating func add(_ operation: KeptOperation) {
    open[operation.number] = operation
    size += operation.size
    lastNumber = max(lastNumber, operation.number)
  }

  private func timeout(of start: OperationStart) -> Duration? {
    if let timeout = start.timeout, timeout > .zero { return timeout }
    return settings.defaultTimeoutSeconds > 0 ? .seconds(settings.defaultTimeoutSeconds) : nil
  }

  private func waiting(_ start: OperationStart, _ caller: Caller) -> Int? {
    open.values.first { known in
      guard known.operation == start.operation else { return false }
      if let connection = caller.connection, connection == known.connection { return true }
      // A debug adapter and a socket of one run tell of the same operation.
      let isDebugged = caller.connection == nil || known.connection == nil || listeners[known.number] != nil
      return isDebugged && known.run == caller.run && known.scriptRun == start.body["runId"]?.stringValue
    }?.number
  }

  /// A name that is used again for another operation comes with another token.
  private func wasAnswered(_ start: OperationStart, _ caller: Caller) -> Bool {
    guard let connection = caller.connection, let marks = marks[connection] else { return false }
    return marks.contains(Mark(operation: start.operation, resumeToken: start.resumeToken, scriptRun: start.body["runId"]?.stringValue))
  }

  private func refusal(_ added: Int, _ caller: Caller) -> String? {
    if added > settings.announcementBytes {
      return "the operation's description has \(added) bytes, and at most \(settings.announcementBytes) are taken"
    }
    let ofConnection = open.values.count { $0.connection == caller.connection && $0.run == caller.run }
    if ofConnection >= settings.mostOfConnection { return Self.tooMany(ofConnection, settings.mostOfConnection) }
    if open.count >= settings.mostWaiting { return Self.tooMany(open.count, settings.mostWaiting) }
    guard size + added <= settings.waitingBytes else {
      return "too much waits already: \(size) bytes, and the limit is \(settings.waitingBytes)"
    }
    return nil
  }

  private static func tooMany(_ count: Int, _ limit: Int) -> String {
    "too many operations wait: \(count) already, and the limit is \(limit)"
  }

  // MARK: - Ends

  /// Takes one out, once: whoever gets it ends it.
  ///
  /// - Returns: Nil: it is over. With it who is to be called instead of the connection.
  mutating func take(_ number: Int) -> (operation: KeptOperation, listeners: [UInt])? {
    guard let operation = open.removeValue(forKey: number) else { return nil }
    size -= operation.size
    if let connection = operation.connection {
      let mark = Mark(operation: operation.operation, resumeToken: operation.resumeToken, scriptRun: operation.scriptRun)
      marks[connection, default: []].append(mark)
      if let count = marks[connection]?.count, count > Self.mostMarks { marks[connection]?.removeFirst() }
    }
    return (operation, listeners.removeValue(forKey: number) ?? [])
  }

  /// A connection closed.
  ///
  /// - Returns: The numbers of those nobody waits for any more.
  mutating func disconnect(_ connection: UInt) -> [Int] {
    var abandoned: [Int] = []
    for operation in inOrder where operation.connection == connection {
      if listeners[operation.number] == nil {
        abandoned.append(operation.number)
      } else {
        open[operation.number]?.connection = nil
      }
    }
    return abandoned
  }

  /// Nothing comes from a connection any more.
  mutating func forget(_ connection: UInt) { marks[connection] = nil }

  /// How many operations that are over are remembered for connections.
  var remembered: Int { marks.values.reduce(0) { $0 + $1.count } }

  /// A debug adapter stopped listening.
  ///
  /// - Returns: The number of what nobody waits for any more.
  mutating func leave(_ listener: UInt) -> Int? {
    guard let number = listeners.first(where: { $0.value.contains(listener) })?.key else { return nil }
    listeners[number]?.removeAll { $0 == listener }
    guard listeners[number]?.isEmpty ?? true else { return nil }
    listeners[number] = nil
    return open[number]?.connection == nil ? number : nil
  }

  func isListenedTo(_ number: Int) -> Bool { listeners[number] != nil }

  // MARK: - Names

  /// The one that is meant, by its id, or as its script names it when only one does.
  ///
  /// - Parameter run: Nil: of any.
  func named(_ name: String, run: String? = nil) -> [KeptOperation] {
    let candidates = inOrder.filter { run == nil || $0.run == run }
    if let byID = candidates.first(where: { $0.id == name }) { return [byID] }
    return candidates.filter { $0.operation == name || $0.resumeToken == name }
  }

  /// The one that a connection waits for under a name.
  func waiting(_ operation: String, on connection: UInt) -> Int? {
    open.values.first { $0.operation == operation && $0.connection == connection }?.number
  }

  /// The oldest that a run waits for under a token.
  func waiting(resumeToken: String, run: String) -> Int? { inOrder.first { $0.run == run && $0.resumeToken == resumeToken }?.number }

  mutating func setSecret(_ hash: [UInt8]?, of number: Int) { open[number]?.secretHash = hash }

  /// Looks at all, so that the time tells nothing.
  func waiting(secretHash: [UInt8]) -> Int? {
    var found: Int?
    for operation in open.values {
      if let hash = operation.secretHash, ConstantTime.areEqual(hash, secretHash) { found = operation.number }
    }
    return found
  }
}
