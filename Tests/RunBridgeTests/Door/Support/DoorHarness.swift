// SPDX-License-Identifier: Apache-2.0

import JSON

@testable import RunBridge

/// A real door, with everybody behind it played by the tests.
struct DoorHarness {
  let door: BridgeDoor
  let runs = ListedRuns()
  let answering = ScriptedAnswering()
  let operations = NotedOperations()
  let port: Int

  init(adopting estate: DoorEstate? = nil, _ change: (inout DoorSettings) -> Void = { _ in }) async throws {
    var settings = DoorSettings()
    // On a busy machine a test may stand still for long.
    settings.handshakeSeconds = 240
    settings.messageSeconds = 240
    settings.sendSeconds = 240
    settings.endSeconds = 120
    change(&settings)
    door = BridgeDoor(settings: settings)
    door.join(DoorPartners(authority: runs, answering: answering, operations: operations, submits: ListedSubmits()))
    if let estate { port = try await door.adopt(estate) } else { port = try await door.start() }
  }

  /// Lets a test use a door, and closes it behind it.
  static func with(
    _ change: (inout DoorSettings) -> Void = { _ in }, _ body: (DoorHarness) async throws -> Void
  ) async throws {
    let harness = try await DoorHarness(change)
    do {
      try await body(harness)
    } catch {
      await harness.door.stop()
      throw error
    }
    await harness.door.stop()
  }

  func client(_ run: String = "one") throws -> DoorClient { try DoorClient.webSocket(port, run) }

  func counter(_ name: String) -> Int { door.status["counters"]?[name]?.intValue ?? -1 }

  /// The number of the one connection there is.
  var onlyConnection: UInt { UInt(door.status["connections"]?[0]?["connection"]?.intValue ?? 0) }
}
