// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Remembers which plugins were let in, by their bytes, and keeps the copies they are loaded from.
final class PluginTrust: Sendable {
  let lockPath: String
  let store: PluginStore
  let own: OwnInstallation
  let logger: Logger
  private let isTidy = Atomic<Bool>(false)

  init(state: String, own: OwnInstallation, logger: Logger) {
    lockPath = "\(state)/\(PluginLock.fileName)"
    store = PluginStore(directory: "\(state)/store", logger: logger)
    self.own = own
    self.logger = logger
  }

  /// Removes stored copies that nothing names, once in the life of the host: later ones may belong to code that runs.
  func tidy(keeping digests: Set<String>) {
    guard !isTidy.exchange(true, ordering: .relaxed) else { return }
    store.removeAll(but: digests)
  }
}
