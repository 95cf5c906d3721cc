// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// The way from the door to the pump: what was read and not yet looked at, in order.
///
/// The pump waits for nobody, so little lies here; the bound is for trainers that together are faster than it.
final class Inbox: Sendable {
  /// A part of what lay there.
  struct Content: Sendable, Equatable {
    var arrivals: [Arrival]
    /// The door was told to stop reading, and may go on.
    var endsPause: Bool
  }

  private struct State {
    var arrivals = Fifo<Arrival>()
    var cost = 0
    var isPaused = false
    var isFinished = false
  }

  private static let largestMerged = 64 << 10

  private let mostBytes: Int
  private let pieceBytes: Int
  private let state = Monitor(State())

  /// - Parameters:
  ///   - mostBytes: When more lies there, the reading stops until a quarter of it is taken.
  ///   - pieceBytes: How much is taken at a time: little, so that the reading stops for milliseconds only.
  init(mostBytes: Int = 16 << 20, pieceBytes: Int = 1 << 20) {
    self.mostBytes = mostBytes
    self.pieceBytes = pieceBytes
  }

  /// Adds what was seen. It is always kept.
  ///
  /// - Returns: False when the reading must stop until somebody has taken enough.
  func add(_ arrival: Arrival) -> Bool {
    state.change { state in
      state.cost += Self.add(arrival, to: &state.arrivals)
      if state.cost > mostBytes { state.isPaused = true }
      return !state.isPaused
    }
  }

  /// Waits for something and takes what came first.
  ///
  /// - Returns: Nil once it is finished and empty.
  func take() -> Content? {
    let taken = state.wait { state -> Content?? in
      guard !state.arrivals.isEmpty else { return state.isFinished ? .some(nil) : nil }
      return takePiece(of: &state)
    }
    return taken ?? nil
  }

  private func takePiece(of state: inout State) -> Content {
    var content = Content(arrivals: [], endsPause: false)
    var taken = 0
    while taken < pieceBytes, let arrival = state.arrivals.popFirst() {
      taken += arrival.cost
      content.arrivals.append(arrival)
    }
    state.cost -= taken
    if state.isPaused, state.cost <= mostBytes / 4 * 3 {
      state.isPaused = false
      content.endsPause = true
    }
    return content
  }

  /// Lets `take` end when all has been taken.
  func finish() { state.change { $0.isFinished = true } }

  /// Appends, merging small pieces of one stream: a peer that sends single bytes must not cost an array each.
  ///
  /// - Returns: The cost added.
  private static func add(_ arrival: Arrival, to arrivals: inout Fifo<Arrival>) -> Int {
    if arrival.kind == .bytes, let newest = arrivals.newest, newest.kind == .bytes, newest.connection == arrival.connection,
      newest.bytes.count + arrival.bytes.count <= largestMerged
    {
      arrivals.newest?.bytes += arrival.bytes
      return arrival.bytes.count
    }
    arrivals.append(arrival)
    return arrival.cost
  }
}
