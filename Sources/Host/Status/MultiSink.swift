// SPDX-License-Identifier: Apache-2.0

/// Several sinks that get the same lines.
package struct MultiSink: LogSink {
  private let sinks: [any LogSink]

  package init(_ sinks: [any LogSink]) { self.sinks = sinks }

  package func write(_ record: LogRecord) {
    for sink in sinks { sink.write(record) }
  }
}
