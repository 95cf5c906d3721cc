// SPDX-License-Identifier: Apache-2.0

/// How much of operations is taken and kept.
struct OperationSettings: Decodable, Sendable {
  /// Waiting at a time, of one connection.
  var mostOfConnection = 256
  /// Waiting at a time, of all.
  var mostWaiting = 1_024
  /// In bytes of what one announcement says.
  var announcementBytes = 4 << 20
  /// In bytes of what all that wait say.
  var waitingBytes = 64 << 20
  /// In bytes of one answer.
  var resultBytes = 8 << 20
  /// Of an operation that names none: scripts stop waiting then. 0: for ever.
  var defaultTimeoutSeconds = 300.0
  /// How many are kept when they are over.
  var keptOperations = 1_000
  /// In bytes of what those say and were answered.
  var keptBytes = 64 << 20

  init() {}

  private enum Key: String, CodingKey {
    case mostOfConnection, mostWaiting, announcementBytes, waitingBytes, resultBytes, defaultTimeoutSeconds, keptOperations
    case keptBytes
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    mostOfConnection = try values.decodeIfPresent(Int.self, forKey: .mostOfConnection) ?? mostOfConnection
    mostWaiting = try values.decodeIfPresent(Int.self, forKey: .mostWaiting) ?? mostWaiting
    announcementBytes = try values.decodeIfPresent(Int.self, forKey: .announcementBytes) ?? announcementBytes
    waitingBytes = try values.decodeIfPresent(Int.self, forKey: .waitingBytes) ?? waitingBytes
    resultBytes = try values.decodeIfPresent(Int.self, forKey: .resultBytes) ?? resultBytes
    defaultTimeoutSeconds = try values.decodeIfPresent(Double.self, forKey: .defaultTimeoutSeconds) ?? defaultTimeoutSeconds
    keptOperations = try values.decodeIfPresent(Int.self, forKey: .keptOperations) ?? keptOperations
    keptBytes = try values.decodeIfPresent(Int.self, forKey: .keptBytes) ?? keptBytes
  }
}
