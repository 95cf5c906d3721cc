// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// A kernel that was begun or found: its process or what stands for it.
///
/// After a restart there is a new handle. All of it may be called from any task, at once.
protocol KernelHandle: AnyObject, Sendable {
  /// Opens the conversation. `sink` is called on one thread or queue, one event after the other, and must not block.
  func connect(session: String, to sink: @escaping @Sendable (LinkEvent) -> Void) async throws -> any KernelLink

  /// Whether it was seen to end.
  var isAlive: Bool { get }

  /// Returns when the kernel has ended, with all that is known of why. Never returns for a kernel whose end cannot be seen.
  func ended() async -> KernelEnd

  /// Whether `shutdown_request` ends it for good; false where somebody else would begin it again.
  var endsByMessage: Bool { get }

  /// Which ways of interrupting can be tried at all, the one its spec names first.
  var interruptWays: [InterruptWay] { get }

  /// Interrupts by signal, or by the server's own means. `.message` is not for the handle: the link carries it.
  func interrupt(by way: InterruptWay) async throws

  /// How it is begun again.
  var restartWay: RestartWay { get }

  /// Begins it again in its place; for those whose `restartWay` says so. Conversations are opened anew after it.
  func restart() async throws

  /// Sends a signal to the kernel's process group, where there is one.
  func signal(_ number: Int32) throws

  /// Ends the kernel by force and waits for its end. What it began goes too.
  func kill() async

  /// Lets go of files and sockets after the end. Nothing of the kernel is left.
  func cleanUp() async

  /// What people and tools want to know: pid, command, working directory, connection file, interpreter, server's address.
  func describe() -> JSONValue

  /// What `KernelProvider.restore` needs after the host was restarted; nil when the kernel cannot be found again.
  func persist() -> JSONValue?

  /// What the kernel uses now, where it can be read: its whole process tree.
  func usage() async -> KernelUsage?
}

extension KernelHandle {
  /// A process is ended, and another begun.
  var restartWay: RestartWay { .anew }

  func restart() async throws { throw PluginFailure("cannot restart the kernel in its place: it is begun anew", status: .unsupported) }

  /// So it is with a process of our own.
  var endsByMessage: Bool { true }
}
