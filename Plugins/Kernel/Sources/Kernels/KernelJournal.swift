// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK
internal import Synchronization

/// What a host that starts later needs to find kernels again: one small file, written anew at each change.
///
/// Where there is one, the host loads the plugin when it starts (`activation` in plugin.json), so there is none without kernels.
final class KernelJournal: Sendable {
  /// One kernel.
  struct Entry: Sendable, Codable {
    var id: String
    var provider: String
    /// What its handle persisted.
    var record: JSONValue
    var plan: KernelPlan
    var policy: KernelPolicy
    var documents: [String]
    /// Unix time in seconds.
    var started: Double
    /// Whether it was kept ready, and nobody's; nil: no.
    var isWarm: Bool?
  }

  private struct Content: Codable {
    var version = 1
    var kernels: [Entry]
  }

  private let path: String
  private let last = Mutex<Data>(Data())

  /// - Parameter path: Of the file; it need not be there.
  init(path: String) { self.path = path }

  /// What was written last; nothing when there is no file, or none that can be read.
  func read() -> [Entry] {
    guard let data = try? Data(contentsOf: URL(filePath: path)), data.count < 16 << 20 else { return [] }
    return (try? JSONDecoder().decode(Content.self, from: data))?.kernels ?? []
  }

  /// Replaces the file, all or nothing, or removes it when there is nothing to write; readable for its owner alone, for it may hold variables of environments.
  func write(_ entries: [Entry]) throws {
    guard !entries.isEmpty else {
      return last.withLock { last in
        LocalFiles.remove(path)
        last = Data()
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    let data = try encoder.encode(Content(kernels: entries))
    try last.withLock { last in
      guard data != last else { return }
      try PrivateFile.write(Array(data), to: path)
      last = data
    }
  }
}
