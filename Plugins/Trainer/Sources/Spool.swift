// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK

/// Events between the pump, which must go on, and the publisher, which must wait: in memory first, then on disk, in order.
final class Spool: Sendable {
  /// How much waits.
  struct Depth: Sendable, Equatable {
    var events: Int
    var memoryBytes: Int
    var fileBytes: Int
  }

  /// Moved about whole and under the monitor only, hence sendable.
  private final class State: @unchecked Sendable {
    var memory = SpoolBatch()
    var file: SpoolFile
    var isClosed = false
    /// The last failure to write; lines then stay in memory, over the limit.
    var trouble: String?

    init(path: String) { file = SpoolFile(path: path) }
  }

  private let path: String
  private let limit: Int
  private let state: Monitor<State>

  /// - Parameters:
  ///   - directory: Made when missing.
  ///   - limit: In bytes of lines in memory.
  init(directory: String, limit: Int) {
    unsafe mkdir(directory, 0o700)
    path = directory + "/events.spool"
    self.limit = limit
    state = Monitor(State(path: path))
  }

  /// Copies a line in.
  func add(_ line: Span<UInt8>, for kind: TopicKind) {
    state.change { state in
      // Once there is a file, everything goes behind it, so that the order stays.
      if state.file.waiting > 0 || state.memory.bytes.count + line.count > limit {
        do {
          try state.file.append(line, for: kind)
          return
        } catch {
          state.trouble = "\(error)"
          // With a file in front, memory would be read first: the order breaks, the store's sequence mends it.
        }
      }
      state.memory.append(line, for: kind)
    }
  }

  /// Takes what came first; blocks until there is something. Nil when closed and empty.
  func take() -> SpoolBatch? {
    state.wait { state -> SpoolBatch?? in
      if state.memory.count > 0 {
        defer { state.memory = SpoolBatch() }
        return .some(state.memory)
      }
      if state.file.waiting > 0 {
        let batch = state.file.read()
        if batch.count > 0 { return .some(batch) }
      }
      return state.isClosed ? .some(nil) : nil
    } ?? nil
  }

  /// Lets the publisher end when nothing is left.
  func close() { state.change { $0.isClosed = true } }

  /// Writes all that is left, and first the rest of a batch in hand, to the file that the next start reads.
  func preserve(_ batch: SpoolBatch, from index: Int) throws {
    try state.change { state -> Result<Void, any Error> in
      Result {
        let new = path + ".new"
        _ = unsafe unlink(new)
        var file = SpoolFile(path: new)
        try file.append(batch, from: index)
        try file.append(state.memory, from: 0)
        state.memory = SpoolBatch()
        while state.file.waiting > 0 { try file.append(state.file.read(), from: 0) }
        if file.waiting > 0, unsafe rename(new, path) != 0 { throw SpoolFile.Failure(description: "cannot rename '\(new)'") }
      }
    }.get()
  }

  /// How much waits now.
  var depth: Depth {
    state.read { Depth(events: $0.memory.count, memoryBytes: $0.memory.bytes.count, fileBytes: $0.file.waiting) }
  }

  /// Why the file could not be written, if so.
  var trouble: String? { state.read { $0.trouble } }
}
