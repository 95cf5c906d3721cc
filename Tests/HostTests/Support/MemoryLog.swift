// SPDX-License-Identifier: Apache-2.0
import Synchronization

@testable import Host
import PluginBridge

/// Keeps log lines for a test to look at.
final class MemoryLog: LogSink {
  private let records = Mutex<[LogRecord]>([])

  func write(_ record: LogRecord) { records.withLock { $0.append(record) } }

  var lines: [String] {
    records.withLock { $0 }.map { record in
      ([record.level.name, record.label, record.message] + record.values.map { "\($0.0)=\($0.1)" }).joined(separator: " ")
    }
  }
}
