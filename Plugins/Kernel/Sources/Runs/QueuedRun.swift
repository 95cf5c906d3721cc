// SPDX-License-Identifier: Apache-2.0

/// A run that waits for its kernel.
struct QueuedRun: Sendable {
  var description: RunDescription
  var log: RunLog
  var options = RunOptions()
  /// Runs that were ordered together; after an error the rest of a batch is not begun.
  var batch: String
  var stopsBatchOnError = true
  /// Whether somebody asked for it to be next.
  var isNext = false
}
