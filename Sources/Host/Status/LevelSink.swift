// SPDX-License-Identifier: Apache-2.0
import Synchronization
package import PluginBridge

/// A sink that lets through what matters enough; the threshold can change while the host runs.
package final class LevelSink: LogSink {
  private let threshold: Atomic<Int>
  private let sink: any LogSink

  package init(_ level: LogLevel, _ sink: any LogSink) {
    threshold = Atomic(level.rawValue)
    self.sink = sink
  }

  package func set(_ level: LogLevel) { threshold.store(level.rawValue, ordering: .relaxed) }

  package func write(_ record: LogRecord) {
    guard record.level.rawValue >= threshold.load(ordering: .relaxed) else { return }
    sink.write(record)
  }
}
