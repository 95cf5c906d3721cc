// SPDX-License-Identifier: Apache-2.0

/// How a kernel ended, as far as it is known.
struct KernelEnd: Sendable, Hashable {
  /// 0 to 255; nil when a signal ended it or nobody told.
  var exitCode: Int32?
  /// The signal's number.
  var signal: Int32?
  /// Whether the system's memory killer ended it.
  var outOfMemory = false
  /// The last 4 096 bytes of its standard error, or fewer.
  var lastErrors = ""

  /// As a sentence: "ended with exit code 1", "was killed by signal 9 (SIGKILL)".
  var sentence: String {
    if outOfMemory { return "was killed by the system for want of memory" }
    if let signal { return "was killed by signal \(signal)" }
    if let exitCode { return "ended with exit code \(exitCode)" }
    return "is gone"
  }
}
