// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import Testing

@testable import Trainer

@Suite(.timeLimit(.minutes(1))) struct FlightTableTests {
  private let flights = FlightTable()

  @Test func leaderThatIsCancelledTakesNobodyAlong() async throws {
    let (entered, enter) = AsyncStream<Void>.makeStream()
    let leader = Task { [flights] in
      try await flights.joined("k") {
        enter.finish()
        try await Task.sleep(for: .seconds(600))
        return 1
      }
    }
    for await _ in entered {}
    let follower = Task { [flights] in try await flights.joined("k") { 2 } }
    leader.cancel()
    #expect(try await follower.value == 2)
    await #expect(throws: CancellationError.self) { try await leader.value }
  }

  @Test func followerThatIsCancelledLeavesTheLeader() async throws {
    let (entered, enter) = AsyncStream<Void>.makeStream()
    let (released, release) = AsyncStream<Void>.makeStream()
    let leader = Task { [flights] in
      try await flights.joined("k") {
        enter.finish()
        for await _ in released {}
        return 1
      }
    }
    for await _ in entered {}
    let follower = Task { [flights] in try await flights.joined("k") { 2 } }
    follower.cancel()
    await #expect(throws: CancellationError.self) { try await follower.value }
    release.finish()
    #expect(try await leader.value == 1)
  }

  @Test func whatFailedCanBeDoneAgain() async throws {
    let failure = PluginFailure("no")
    await #expect(throws: failure) { try await flights.alone("fork", "s", as: "fork") { throw failure } }
    #expect(try await flights.alone("fork", "s", as: "fork") { 3 } == 3)
    await #expect(throws: failure) { try await flights.joined("k") { throw failure } }
    #expect(try await flights.joined("k") { 4 } == 4)
  }
}
