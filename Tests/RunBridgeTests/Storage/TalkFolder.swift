// SPDX-License-Identifier: Apache-2.0

import PluginSDK

@testable import PluginTestKit
@testable import RunBridge

/// A folder with a database in it, gone with its owner.
final class TalkFolder: Sendable {
  private let directories: TestDirectories
  private let complaints = Observed<[String]>([])

  init() throws { directories = try TestDirectories() }

  deinit { directories.remove() }

  var path: String { directories.path(.data) }

  var database: String { path + "/bridge.sqlite" }

  /// A store that runs; whoever asks stops it.
  func store() throws -> BridgeStore {
    let store = BridgeStore(path: database)
    try store.start()
    return store
  }

  /// To be given to what complains.
  var trouble: @Sendable (String) -> Void { { [complaints] sentence in complaints.change { $0.append(sentence) } } }

  /// Waits for a complaint.
  func complaint() async throws -> String {
    try await complaints.wait(for: "a complaint", within: .seconds(60)) { $0.isEmpty ? nil : $0.removeFirst() }
  }

  var hasComplaint: Bool { complaints.read { !$0.isEmpty } }
}
