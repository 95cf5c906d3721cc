// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What a plugin holds as its `jf_instance *`.
///
/// It is never freed: a plugin's thread that outlives `destroy` finds it empty and hears "gone". A few dozen bytes an instance.
final class InstanceHandle: Sendable {
  private let instance = Mutex<PluginInstance?>(nil)

  /// The pointer a plugin knows this handle by. Retained for ever, at most once.
  var pointer: OpaquePointer { unsafe OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

  init() { _ = unsafe Unmanaged.passRetained(self) }

  func attach(_ instance: PluginInstance) { self.instance.withLock { $0 = instance } }

  func detach() { instance.withLock { $0 = nil } }

  /// The instance behind a pointer that a plugin gave us, or nil when it is no more.
  static func instance(_ pointer: OpaquePointer) -> PluginInstance? {
    unsafe Unmanaged<InstanceHandle>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue().instance.withLock { $0 }
  }
}
