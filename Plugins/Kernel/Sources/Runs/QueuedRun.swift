// SPDX-License-Identifier: Apache-2.0

/// A run that waits for its kernel.
struct QueuedRun: Sendable {
  var description: RunDescription
  var log: RunLog
  var options = RunOptions()
  /// Runs that were ordered together; after an error the rest of a batch is not begun.
  var batch: String
  var stopsBatchOnError = true
  /// A front end's own request, sent as it is instead of one of ours.
  var request: KernelMessage?
  /// Called when it ended without a reply of the kernel: never sent, or the kernel died or was restarted in the middle.
  var abandoned: (@Sendable () async -> Void)?
  /// Whether somebody asked for it to be next.
  var isNext = false
}
