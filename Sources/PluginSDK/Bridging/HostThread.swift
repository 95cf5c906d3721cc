// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Knows the places where waiting for the host would wait for ever: the host enters a plugin with one thread, and while that thread is
/// inside it delivers nothing.
enum HostThread {
  /// Whether this task is the plugin's `start()`, which the host's thread waits for.
  @TaskLocal static var isStarting = false

  /// Runs code of the plugin on the thread the host came with.
  static func enter<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = mark()
    defer { restore(before) }
    return try body()
  }

  /// Marks the thread, as `enter` does; returns what `restore` needs.
  static func mark() -> Bool {
    let before = unsafe pthread_getspecific(marker) != nil
    unsafe pthread_setspecific(marker, UnsafeRawPointer(bitPattern: 1))
    return before
  }

  static func restore(_ before: Bool) {
    if !before { pthread_setspecific(marker, nil) }
  }

  /// Makes sure that waiting for the host can end.
  static func requireAnswers(to action: String) throws(PluginFailure) {
    if unsafe pthread_getspecific(marker) != nil {
      throw PluginFailure(
        "cannot \(action) on the host's thread: nothing arrives while a handler or an inline command runs; do it in a task or a thread of the plugin",
        status: .unsupported)
    }
    if isStarting {
      throw PluginFailure(
        "cannot \(action) in start(): nothing arrives before start() has returned; do it in a task begun with context.run",
        status: .unsupported)
    }
  }
}

private let marker: pthread_key_t = {
  var key = pthread_key_t()
  unsafe pthread_key_create(&key, nil)
  return key
}()
