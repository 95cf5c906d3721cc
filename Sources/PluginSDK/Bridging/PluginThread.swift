// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Knows the threads of plugins' executors: they may block, and have nothing to do but their tasks.
package enum PluginThread {
  /// Whether the calling thread is one.
  package static var isCurrent: Bool { unsafe pthread_getspecific(marker) != nil }

  /// Makes the calling thread one, to its end.
  static func mark() { unsafe pthread_setspecific(marker, UnsafeRawPointer(bitPattern: 1)) }
}

private let marker: pthread_key_t = {
  var key = pthread_key_t()
  unsafe pthread_key_create(&key, nil)
  return key
}()
