// SPDX-License-Identifier: Apache-2.0

/// Where log lines go. Called from any thread, must not wait for anything but a write to a local file or terminal.
package protocol LogSink: Sendable {
  func write(_ record: LogRecord)
}
