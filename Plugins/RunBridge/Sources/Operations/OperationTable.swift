// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import JSON

/// What waits, and what was answered on connections that are still open. No clock, no input or output: everything is told.
struct OperationTable: Sendable {
  /// What became of an announcement.
  enum Announced: Sendable {
    case new(KeptOperation)
    /// It waits already, or this is the second of the two announcements that clients always send.
    case known
    /// It was answered, and the script asks again: the answer was lost.
    case again(number: Int)
    /// It is not taken; words for the script.
    case refused(String)
  }

  /// An operation of an open connection that is over.
  private struct Mark: Sendable {
    let number: Int
    let operation: String
    let resumeToken: String?
    let announced: Double
    var announcements: Int
    var wasSent = false
    var wasSentAgain = false
  }

  /// In seconds between the two announcements that a client always sends.
  private static let twinWindow = 10.0
  /// Of one connection.
  private static let mostMarks = 256

  let settings: OperationSettings
  private(set) var open: [Int: KeptOperation] = [:]
  /// Who is called instead of a connection: debug adapters.
  private var listeners: [Int: [UInt]] = [:]
  private var announcements: [Int: Int] = [:]
  private var marks: [UInt: [Mark]] = [:]
  private var bytes = 0
  private var lastNumber = 0

  init(_ settings: OperationSettings) { self.settings = settings }

  mutating func begin(after number: Int) { lastNumber = max(lastNumber, number) }

  var inOrder: [KeptOperation] { open.values.sorted { $0.number < $1.number } }

  // MARK: - Announcements

  /// - Parameter listener: Who is to be called with the answer; nil: the connection is sent it.
  mutating func announce(_ start: OperationStart, by caller: Caller, listener: UInt?, now: Double) -> Announced {
    if let number = waiting(start, caller) {
      announcements[number, default: 1] += 1
      if let listener { listeners[number, default: []].append(listener) }
      if let connection = caller.connection, open[number]?.connection == nil { open[number]?.connection = connection }
      return .known
    }
    if let again = answered(start, caller, now) { return again }
    let size = start.body.bytes().count
    if let words = refusal(size, caller) { return .refused(words) }
    lastNumber += 1
    let operation = KeptOperation(lastNumber, start, by: caller, size: size, now: now, timeout: timeout(of: start))
    add(operation)
    if let listener { listeners[lastNumber] = [listener] }
    return .new(operation)
  }

  /// Takes back one that was announced before the host began.
  mutating func add(_ operation: KeptOperation) {
    open[operation.number] = operation
    announcements[operation.number] = 1
    bytes += operation.size
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

  private mutating func answered(_ start: OperationStart, _ caller: Caller, _ now: Double) -> Announced? {
    guard let connection = caller.connection,
      let place = marks[connection]?.lastIndex(where: { $0.operation == start.operation && $0.resumeToken == start.resumeToken }),
      var mark = marks[connection]?[place]
    else { return nil }
    mark.announcements += 1
    let isTwin = mark.announcements == 2 && now - mark.announced < Self.twinWindow
    let isAgain = !isTwin && mark.wasSent && !mark.wasSentAgain
    if isAgain { mark.wasSentAgain = true }
    marks[connection]?[place] = mark
    return isAgain ? .again(number: mark.number) : .known
  }

  private func refusal(_ size: Int, _ caller: Caller) -> String? {
    if size > settings.announcementBytes {
      return "the operation's description has \(size) bytes, and at most \(settings.announcementBytes) are taken"
    }
    let ofConnection = open.values.count { $0.connection == caller.connection && $0.run == caller.run }
    if ofConnection >= settings.mostOfConnection { return Self.tooMany(ofConnection, settings.mostOfConnection) }
    if open.count >= settings.mostWaiting { return Self.tooMany(open.count, settings.mostWaiting) }
    guard bytes + size <= settings.waitingBytes else {
      return "too much waits already: \(bytes) bytes, and the limit is \(settings.waitingBytes)"
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
    bytes -= operation.size
    let count = announcements.removeValue(forKey: number) ?? 1
    if let connection = operation.connection {
      let mark = Mark(
        number: number, operation: operation.operation, resumeToken: operation.resumeToken, announced: operation.announced,
        announcements: count)
      marks[connection, default: []].append(mark)
      if let count = marks[connection]?.count, count > Self.mostMarks { marks[connection]?.removeFirst() }
    }
    return (operation, listeners.removeValue(forKey: number) ?? [])
  }

  /// Remembers that the answer went out.
  mutating func wasSent(_ operation: KeptOperation) {
    guard let connection = operation.connection, let place = marks[connection]?.lastIndex(where: { $0.number == operation.number })
    else { return }
    marks[connection]?[place].wasSent = true
  }

  /// A connection closed.
  ///
  /// - Returns: The numbers of those nobody waits for any more.
  mutating func disconnect(_ connection: UInt) -> [Int] {
    marks[connection] = nil
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
  func named(_ name: String) -> [KeptOperation] {
    if let byID = open.values.first(where: { $0.id == name }) { return [byID] }
    return inOrder.filter { $0.operation == name || $0.resumeToken == name }
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
