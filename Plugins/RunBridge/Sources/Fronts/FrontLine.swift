// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Synchronization

/// What waits to be sent to one front, oldest first, and the sending of it.
///
/// A front that does not read costs what the limits say: its questions are counted by the desk, the oldest notices go, and the front is told how many.
final class FrontLine: Sendable {
  private enum Item {
    case question(Int, [UInt8])
    /// Never dropped: the greeting, and withdrawals, of which there are no more than questions.
    case word([UInt8])
    /// Of two with one key only the later is sent.
    case notice(key: String?, [UInt8])

    var bytes: [UInt8] {
      switch self {
      case .question(_, let bytes), .word(let bytes), .notice(_, let bytes): bytes
      }
    }
  }

  private struct State {
    var items: [Item] = []
    var notices = 0
    var noticeBytes = 0
    var dropped = 0
    var droppedInAll = 0
    /// Questions that the front has not taken, also the one that is being sent.
    var untaken: Set<Int> = []
  }

  private let settings: FrontSettings
  private let state = Mutex(State())
  private let signals: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation
  private let end = Pledge<String>()

  init(settings: FrontSettings) {
    self.settings = settings
    (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// How many chunks wait.
  var waiting: Int { state.withLock { $0.items.count } }
  var droppedInAll: Int { state.withLock { $0.droppedInAll } }

  /// The first chunk.
  func greet(_ chunk: [UInt8]) {
    state.withLock { $0.items.append(.word(chunk)) }
    signal.yield()
  }

  func ask(_ number: Int, _ chunk: [UInt8]) {
    state.withLock { state in
      state.untaken.insert(number)
      state.items.append(.question(number, chunk))
    }
    signal.yield()
  }

  func hasTaken(_ number: Int) -> Bool { state.withLock { !$0.untaken.contains(number) } }

  /// Takes a question back: it is not sent any more, or the front is told.
  func withdraw(_ number: Int, _ chunk: [UInt8]) {
    state.withLock { state in
      let index = state.items.firstIndex { item in
        if case .question(number, _) = item { true } else { false }
      }
      if let index {
        state.items.remove(at: index)
        state.untaken.remove(number)
      } else {
        state.items.append(.word(chunk))
      }
    }
    signal.yield()
  }

  /// - Parameter key: Takes the place of a notice with the same key that still waits.
  func tell(_ chunk: [UInt8], key: String? = nil) {
    state.withLock { state in
      if let key, replace(key, chunk, &state) { return }
      state.items.append(.notice(key: key, chunk))
      state.notices += 1
      state.noticeBytes += chunk.count
      while state.notices > settings.notices || state.noticeBytes > settings.noticeBytes { dropOldest(&state) }
    }
    signal.yield()
  }

  private func replace(_ key: String, _ chunk: [UInt8], _ state: inout State) -> Bool {
    for (index, item) in state.items.enumerated() {
      guard case .notice(key, let old) = item else { continue }
      state.items[index] = .notice(key: key, chunk)
      state.noticeBytes += chunk.count - old.count
      return true
    }
    return false
  }

  private func dropOldest(_ state: inout State) {
    let index = state.items.firstIndex { item in
      if case .notice = item { true } else { false }
    }
    guard let index else { return }
    forget(state.items.remove(at: index), &state)
    state.dropped += 1
    state.droppedInAll += 1
  }

  private func forget(_ item: Item, _ state: inout State) {
    guard case .notice(_, let bytes) = item else { return }
    state.notices -= 1
    state.noticeBytes -= bytes.count
  }

  /// Ends the sending, with a reason for the front.
  func finish(_ reason: String) { end.keep(reason) }

  /// Sends what comes until `finish`.
  ///
  /// - Parameter emit: Waits until the front takes a chunk.
  /// - Returns: The reason of the end.
  /// - Throws: What `emit` throws; `CancellationError` when the front has gone.
  func serve(_ emit: @escaping @Sendable ([UInt8]) async throws -> Void) async throws -> String {
    try await withThrowingTaskGroup(of: String?.self) { group in
      group.addTask { [self] in
        try await send(emit)
        return nil
      }
      group.addTask { [end] in await end.value(whenCancelled: "cancelled") }
      defer { group.cancelAll() }
      let reason = try await group.next() ?? nil
      try Task.checkCancellation()
      return reason ?? "cancelled"
    }
  }

  private func send(_ emit: @Sendable ([UInt8]) async throws -> Void) async throws {
    for await _ in signals {
      while let (chunk, question) = next() {
        try await emit(chunk)
        if let question { state.withLock { _ = $0.untaken.remove(question) } }
      }
    }
  }

  private func next() -> (chunk: [UInt8], question: Int?)? {
    state.withLock { state in
      if state.dropped > 0 {
        defer { state.dropped = 0 }
        return (JSONValue.object(["dropped": .integer(Int64(state.dropped))]).bytes(), nil)
      }
      guard !state.items.isEmpty else { return nil }
      let item = state.items.removeFirst()
      forget(item, &state)
      if case .question(let number, let bytes) = item { return (bytes, number) }
      return (item.bytes, nil)
    }
  }
}
