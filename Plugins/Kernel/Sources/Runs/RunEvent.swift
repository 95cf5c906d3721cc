// SPDX-License-Identifier: Apache-2.0

/// One thing that happened in a run, numbered: what clients are streamed and what results are made of.
struct RunEvent: Sendable {
  /// From 0 on in each run, without a gap.
  var sequence: Int
  /// Unix time in seconds.
  var time: Double
  /// A message type of iopub ("stream", "display_data", "update_display_data", "execute_result", "error", "clear_output", "execute_input"),
  /// "input_request", or one of ours: "queued", "started", "truncated", "ended".
  var type: String
  /// JSON object, valid UTF-8: the content of the kernel's message as it came (mended if it was no JSON), or ours.
  var content: [UInt8]
  var buffers: [[UInt8]] = []
}
