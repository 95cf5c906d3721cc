// SPDX-License-Identifier: Apache-2.0

/// Events copied one behind the other into one buffer, in the order of arrival.
struct EventBatch: Sendable {
  /// Where an event came from.
  enum Origin: UInt8, Sendable {
    /// A line of a trainer, or of a script's output.
    case trainer = 0x74  // t
    /// The door's word that a connection has ended.
    case disconnection = 0x64  // d
    /// The answer to a command that left something behind.
    case reply = 0x72  // r
    /// The door's word of how a session is.
    case status = 0x73  // s
    /// The word of whoever started a process: the door, or the bridge.
    case process = 0x70  // p

    /// Nil for what the store does not keep.
    init?(topic: String) {
      switch topic {
      case "trainer.connected": return nil
      case "trainer.disconnected": self = .disconnection
      case "trainer.reply": self = .reply
      case "trainer.status": self = .status
      case "trainer.process", "bridge.process": self = .process
      default: self = .trainer
      }
    }
  }

  private(set) var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var origins: [Origin] = []

  /// Bytes it has room for.
  var capacity: Int { bytes.capacity }

  /// How many events it holds.
  var count: Int { ends.count }

  /// Appends one event.
  mutating func append(_ event: Span<UInt8>, from origin: Origin) {
    bytes.append(copying: event)
    ends.append(bytes.count)
    origins.append(origin)
  }

  /// Forgets all events and keeps the memory they were in.
  mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    origins.removeAll(keepingCapacity: true)
  }

  /// Where an event lies in `bytes`.
  func range(of index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

  /// Where an event came from.
  func origin(of index: Int) -> Origin { origins[index] }
}
