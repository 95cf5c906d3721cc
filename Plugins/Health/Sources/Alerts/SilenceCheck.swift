// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Looks for a good reason for a training's silence before anybody is told of it.
struct SilenceCheck: Sendable {
  let neighbours: Neighbours

  /// Whether the door for trainers knows why nothing is heard: the training is not running, or busy, or what it said waits to be published.
  ///
  /// A door that does not answer explains nothing.
  func explains(_ session: String) async -> Bool {
    guard let list = try? await neighbours.call("trainer.list", timeout: .seconds(5)) else { return false }
    let waiting = (list["spool"]?["memoryBytes"]?.intValue ?? 0) + (list["spool"]?["fileBytes"]?.intValue ?? 0)
    if waiting > 0 { return true }
    guard let row = list["sessions"]?.arrayValue?.first(where: { $0["session"]?.stringValue == session }) else { return false }
    let isBusy = row["busy"].map { !$0.isNull } ?? false
    return isBusy || row["connected"] == false || row["state"] != "running"
  }
}
