// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import PluginSDK

/// Opens the door with the first run and closes it some time after the last. While runs go on a mark stands on the disk: where there is one, the
/// host loads the plugin when it starts (`activation` in plugin.json).
actor DoorKeeper {
  /// Longer than a run takes from its address to its place in the list.
  private static let patience = Duration.seconds(5)

  private let door: BridgeDoor
  private let isEnabled: Bool
  private let mark: String
  private let executor: any TaskExecutor
  private var visits = 0
  private var isLeaving = false

  init(door: BridgeDoor, isEnabled: Bool, mark: String, executor: any TaskExecutor) {
    self.door = door
    self.isEnabled = isEnabled
    self.mark = mark
    self.executor = executor
  }

  /// What the scripts of a new run connect to.
  func address() async throws -> String {
    guard isEnabled else {
      throw PluginFailure(
        "cannot begin a run: the bridge is switched off; set 'enabled' of the plugin run-bridge to true", code: "disabled",
        status: .unsupported)
    }
    visits += 1
    _ = SmallFile.write("", to: mark)
    return "ws://127.0.0.1:\(try await door.start())/"
  }

  /// No run goes on: the door closes, unless another run begins in time.
  func becameIdle(_ isIdle: @escaping @Sendable () -> Bool) {
    let seen = visits
    Task(executorPreference: executor) {
      try? await Task.sleep(for: Self.patience)
      await self.close(unlessVisitedSince: seen, isIdle)
    }
  }

  private func close(unlessVisitedSince seen: Int, _ isIdle: @Sendable () -> Bool) async {
    guard seen == visits, !isLeaving, isIdle() else { return }
    try? FileManager.default.removeItem(atPath: mark)
    await door.stop()
  }

  /// From now on the door is somebody else's business.
  func leave() { isLeaving = true }
}
