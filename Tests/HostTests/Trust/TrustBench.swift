// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON

@testable import Host

/// Plugins in a directory, and what a host that starts and reloads says of them.
final class TrustBench {
  let plugins = PluginDirectory()
  let state: TemporaryFolder
  let log = MemoryLog()
  private let executable: String?
  private(set) var trust: PluginTrust

  init(executable: String? = nil) throws {
    state = try TemporaryFolder()
    self.executable = executable
    trust = Self.trust(state.path, executable, log)
  }

  private static func trust(_ state: String, _ executable: String?, _ log: MemoryLog) -> PluginTrust {
    PluginTrust(state: state, own: OwnInstallation(executable: executable), logger: Logger(label: "host", sink: log))
  }

  func restart() { trust = Self.trust(state.path, executable, log) }

  /// One pass over all plugins: what is loaded of each, or why it is not.
  func survey(pins: Bool = true, allowing: String? = nil, in directories: [String]? = nil) -> [String: Result<TrustPass.Admission, Refusal>]
  {
    let pass = TrustPass(trust, pins: pins, allowing: allowing)
    var outcomes: [String: Result<TrustPass.Admission, Refusal>] = [:]
    for plugin in PluginDiscovery(searchPath: directories ?? [plugins.path]).plugins {
      outcomes[plugin.id] = Result { () throws(Refusal) in
        try pass.admit(plugin, version: plugin.manifest.map { "\($0.version)" } ?? "", PluginJudge().judge(plugin))
      }
    }
    for (id, refusal) in pass.finish() { outcomes[id] = .failure(refusal) }
    return outcomes
  }

  /// The one plugin "a": what is loaded.
  func admitted(pins: Bool = true, allowing: String? = nil) throws -> TrustPass.Admission {
    guard let outcome = survey(pins: pins, allowing: allowing)["a"] else { throw NotThere() }
    return try outcome.get()
  }

  /// The one plugin "a": the sentence that refuses it.
  func refusal(pins: Bool = true, allowing: String? = nil) -> String? {
    guard case .failure(let refusal) = survey(pins: pins, allowing: allowing)["a"] else { return nil }
    return refusal.message
  }

  struct NotThere: Error {}

  var lockPath: String { state.path + "/plugins.lock" }
  var storePath: String { state.path + "/store" }

  func lock() throws -> JSONValue { try JSONValue(parsing: Array(Data(contentsOf: URL(filePath: lockPath)))) }

  func append(_ name: String) throws {
    let handle = try FileHandle(forWritingTo: URL(filePath: "\(plugins.path)/\(name)"))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([0]))
    try handle.close()
  }

  static func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }
}
