// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// Events that the database would not take before the stop, kept in a file beside it until the next start.
///
/// One event a line, a letter for its origin before it: events are lines themselves, so none holds a line break.
struct UnwrittenEvents: Sendable {
  let path: String

  init(database: String) { path = database + ".unwritten" }

  /// What an earlier stop left; nil when there is nothing.
  func load() throws -> EventBatch? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    var batch = EventBatch()
    for line in try Data(contentsOf: URL(filePath: path)).split(separator: UInt8(ascii: "\n")) where line.count > 1 {
      batch.append(Array(line.dropFirst()).span, from: line.first.flatMap(EventBatch.Origin.init) ?? .trainer)
    }
    return batch.count > 0 ? batch : nil
  }

  /// Adds events to the file, which is there whole or as it was before.
  ///
  /// - Parameters:
  ///   - first: The first event of the first batch that is to be kept.
  ///   - replacing: Whether what the file holds is among these events.
  func save(_ batches: [EventBatch], from first: Int, replacing: Bool) throws {
    var text = Data()
    if !replacing, FileManager.default.fileExists(atPath: path) { text = try Data(contentsOf: URL(filePath: path)) }
    for (number, batch) in batches.enumerated() {
      for index in (number == 0 ? first : 0)..<batch.count {
        text.append(batch.origin(of: index).rawValue)
        text.append(contentsOf: batch.bytes[batch.range(of: index)])
        text.append(UInt8(ascii: "\n"))
      }
    }
    try text.write(to: URL(filePath: path), options: .atomic)
  }

  func remove() throws { try FileManager.default.removeItem(atPath: path) }
}
