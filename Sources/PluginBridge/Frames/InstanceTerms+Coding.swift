// SPDX-License-Identifier: Apache-2.0
// The first frame of a line: what the runner is to load. Plain bytes, so that a runner needs nothing to read it.

extension InstanceTerms {
  /// The terms and how many subscriptions the instance has, as a frame's payload.
  package func encoded(subscriptions: Int) -> [UInt8] {
    var writer = ByteWriter()
    for text in [id, version, libraryPath] { writer.write(text) }
    writer.write(configuration)
    writer.write(commands.sorted())
    writer.write(publishes.map(\.description))
    for number in [isAdapter ? 1 : 0, threads, limits.payloadBytes, limits.eventBytes, subscriptions] { writer.write(UInt64(number)) }
    for text in [directories.data, directories.state, directories.runtime, directories.library, recordPath ?? ""] { writer.write(text) }
    return writer.bytes
  }

  /// - Returns: nil when the bytes are not what `encoded` makes.
  package static func decoded(_ bytes: [UInt8]) -> (terms: InstanceTerms, subscriptions: Int)? {
    var reader = ByteReader(bytes)
    guard let id = reader.text(), let version = reader.text(), let library = reader.text(), let configuration = reader.content(),
      let commands = reader.texts(), let topics = reader.texts(), let adapter = reader.number(), let threads = reader.number(),
      let payloadBytes = reader.number(),
      let eventBytes = reader.number(), let subscriptions = reader.number(), let data = reader.text(), let state = reader.text(),
      let runtime = reader.text(), let files = reader.text(), let record = reader.text()
    else { return nil }
    let publishes = topics.compactMap { topic in try? TopicPattern(topic) }
    var terms = InstanceTerms(
      id: id, version: version, libraryPath: library, configuration: configuration, commands: Set(commands), publishes: publishes,
      threads: Int(clamping: threads),
      directories: InstanceDirectories(data: data, state: state, runtime: runtime, library: files))
    terms.limits.payloadBytes = Int(clamping: payloadBytes)
    terms.limits.eventBytes = Int(clamping: eventBytes)
    terms.isAdapter = adapter == 1
    terms.recordPath = record.isEmpty ? nil : record
    return (terms, Int(clamping: subscriptions))
  }
}

extension InstanceCounters.Snapshot {
  package var encoded: [UInt8] {
    var writer = ByteWriter()
    for number in [events, published, publishRefused, lateFinishes, misuse, emitsWithoutCredit, logLinesDropped] { writer.write(number) }
    return writer.bytes
  }

  package init?(decoding bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    let numbers = (0..<7).compactMap { _ in reader.number() }
    guard numbers.count == 7 else { return nil }
    self.init(
      events: numbers[0], published: numbers[1], publishRefused: numbers[2], lateFinishes: numbers[3], misuse: numbers[4],
      emitsWithoutCredit: numbers[5], logLinesDropped: numbers[6])
  }
}

/// The values of a log line as a frame's payload.
package enum LogValues {
  package static func encoded(_ values: [(String, String)]) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(values.flatMap { [$0.0, $0.1] })
    return writer.bytes
  }

  package static func decoded(_ bytes: [UInt8]) -> [(String, String)] {
    var reader = ByteReader(bytes)
    let texts = reader.texts() ?? []
    return stride(from: 0, to: texts.count - 1, by: 2).map { (texts[$0], texts[$0 + 1]) }
  }
}
