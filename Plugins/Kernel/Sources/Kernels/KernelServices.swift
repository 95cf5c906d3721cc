// SPDX-License-Identifier: Apache-2.0

/// What every kernel needs of the plugin around it.
struct KernelServices: Sendable {
  var settings: KernelSettings
  var recorder: any RunRecorder
  /// Hears of what happens, in order for each kernel; must not block.
  var news: @Sendable (KernelNews) -> Void
  var interrupts: InterruptMemory
  /// Where tasks run.
  var executor: any TaskExecutor
  /// Where a word for the host's log goes.
  var info: @Sendable (String, [String: String]) -> Void
  var warning: @Sendable (String, [String: String]) -> Void
  /// A folder for what must wait on the disk; nil: it waits in memory.
  var spool: String?
}
