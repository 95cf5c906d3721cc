// SPDX-License-Identifier: Apache-2.0

/// What a kernel tells the plugin around it.
enum KernelNews: Sendable {
  /// Its summary changed: status, counter, queue.
  case changed(KernelSummary)
  /// A chunk of one of its runs, or of a run of another program's.
  case output(kernel: String, chunk: [UInt8])
  /// Code asks for input.
  case input(kernel: String, run: RunDescription, prompt: String, isPassword: Bool)
  /// It ended without having been told to.
  case died(KernelSummary, KernelEnd)
  /// Code ran, ours or somebody else's, and what it knows may be another now.
  case ran(kernel: String)
  /// A message of a comm.
  case comm(kernel: String, type: String, content: [UInt8], buffers: [[UInt8]])
}
