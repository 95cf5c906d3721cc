// SPDX-License-Identifier: Apache-2.0

/// One output of a result, as it is kept.
struct OutputRecord: Sendable {
  enum Kind: String, Sendable {
    case stream
    case displayData = "display_data"
    case executeResult = "execute_result"
    case error
    /// What a kernel sent under the name of an output and could not be read as one.
    case unreadable
    /// Output that the kernel's side left out.
    case truncated
  }

  /// A text that is still in a file of its own.
  struct LiveFile: Sendable {
    var name: String
    /// Bytes of the file that count.
    var settled: Int
    /// The digest of exactly these bytes when nothing more is to come, and nothing is behind them.
    var digest: String?
  }

  var run: String
  var position: Int
  var kind: Kind
  var name: String?
  var mimeTypes: [String] = []
  var displayID: String?
  var executionCount: Int?
  /// Text of a stream, behind what the file has; else JSON as it came.
  var body: [UInt8] = []
  var live: LiveFile?
  var bytes: Int
  var lines = 0
  /// Bytes that are not there: over a limit, or there was no room.
  var leftOut = 0
  var isLate = false
  var time: Double
  var buffers: [[UInt8]] = []

  /// What it takes in memory, roughly.
  var cost: Int { 512 + body.count + buffers.reduce(0) { $0 + $1.count } }
}
