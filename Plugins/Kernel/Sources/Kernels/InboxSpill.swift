// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// What a kernel said and nobody took yet, on disk: in order, read once.
struct InboxSpill: Sendable {
  private let file: RunLogFile
  /// What is no message stays in memory; there are few.
  private var others: [LinkEvent] = []
  private var offset: Int64 = 0
  private var count = 0

  /// - Parameter folder: The file has no name in it: it goes with whoever holds it.
  init(folder: String) throws {
    let path = "\(folder)/inbox-\(UUID().uuidString).events"
    file = try RunLogFile(path: path)
    RunLogFile.remove(path)
  }

  var isEmpty: Bool { count == 0 }

  mutating func append(_ event: LinkEvent) throws {
    var parts: [[UInt8]]
    if case .message(let message) = event {
      parts = [Array(message.channel.rawValue.utf8), message.header, message.parentHeader, message.metadata, message.content]
      parts += message.buffers
    } else {
      parts = [Array("\(others.count)".utf8)]
    }
    try file.append([Array("\(parts.count)".utf8)] + parts)
    if parts.count == 1 { others.append(event) }
    count += 1
  }

  /// Takes the next events, about as many bytes as wanted.
  mutating func take(bytes most: Int) throws -> [LinkEvent] {
    var events: [LinkEvent] = []
    let end = offset + Int64(most)
    while count > 0, offset < end {
      let number = Int(String(decoding: try part(), as: UTF8.self)) ?? 0
      let parts = try (0..<number).map { _ in try part() }
      count -= 1
      if let event = event(of: parts) { events.append(event) }
    }
    return events
  }

  private mutating func part() throws -> [UInt8] {
    let part = try file.chunk(at: offset) ?? []
    offset += Int64(part.count + 4)
    return part
  }

  private func event(of parts: [[UInt8]]) -> LinkEvent? {
    guard let first = parts.first.map({ String(decoding: $0, as: UTF8.self) }) else { return nil }
    guard parts.count > 4, let channel = KernelChannel(rawValue: first) else { return Int(first).map { others[$0] } }
    return .message(
      KernelMessage(
        channel: channel, header: parts[1], parentHeader: parts[2], metadata: parts[3], content: parts[4], buffers: Array(parts[5...])))
  }
}
