// SPDX-License-Identifier: Apache-2.0

/// A result while its run goes on: what is needed to make outputs of events.
struct LiveResult {
  let run: String
  /// The open stream, to which text may be added.
  var text: LiveText?
  /// Whether the open stream has something that is not written.
  var isDirty = false
  var hasStarted = false
  var hasEnded = false
  /// At the next output, everything goes.
  var isClearing = false
  /// Where the next output goes.
  var nextPosition = 0
  var bytes = 0
  var leftOutOutputs = 0
  var leftOutBytes = 0

  init(run: String) { self.run = run }
}
