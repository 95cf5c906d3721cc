// SPDX-License-Identifier: Apache-2.0

import Dispatch
import JSON
import Synchronization
import Testing

@testable import RunBridge

/// Many who come and go at once, while the door opens and closes: nobody is left inside, and nobody waits in vain.
@Suite(.timeLimit(.minutes(5)), .onDoorThread) struct DoorStormTests {
  /// Counts who comes and goes.
  private final class Counting: RunAuthority {
    private struct Counts { var inside = 0, came = 0 }
    private let counts = Mutex(Counts())
    var inside: Int { counts.withLock { $0.inside } }
    var came: Int { counts.withLock { $0.came } }

    func caller(token: String, session: String?, connection: UInt?) -> Caller? { caller(run: token, connection: connection ?? 0) }
    func caller(run: String, connection: UInt) -> Caller? {
      Caller(run: run, name: run, workspace: nil, scopes: .ordinary, connection: connection)
    }
    func connected(_ caller: Caller) {
      counts.withLock { counts in
        counts.inside += 1
        counts.came += 1
      }
    }
    func disconnected(_ caller: Caller) { counts.withLock { $0.inside -= 1 } }
  }

  private final class Ends: OperationKeeping {
    let count = Atomic(0)
    func started(_ start: OperationStart, by caller: Caller) {}
    func disconnected(_ caller: Caller) { count.add(1, ordering: .sequentiallyConsistent) }
  }

  @Test func openedAndClosedUnderManyHands() async throws {
    let (counting, ends, answering) = (Counting(), Ends(), ScriptedAnswering())
    var settings = DoorSettings()
    settings.endSeconds = 0.5
    let door = BridgeDoor(settings: settings)
    door.join(DoorPartners(authority: counting, answering: answering, operations: ends, submits: ListedSubmits()))
    let group = DispatchGroup()
    let isOver = Atomic(false)
    let answered = Atomic(0)
    for hand in 0..<4 {
      DispatchQueue(label: "storm-\(hand)").async(group: group) {
        var turn = 0
        while !isOver.load(ordering: .sequentiallyConsistent) {
          turn += 1
          guard let port = door.port, let client = try? DoorClient.webSocket(port, "r\(turn % 3)") else { continue }
          // Some ask and go, some ask for what never comes, some wait for the answer, which is one even at the stop.
          try? client.command(1, turn % 4 == 0 ? "never" : "echo", [.integer(Int64(turn))])
          if turn % 4 == 0 || turn % 5 == 0 { continue }
          if (try? client.hear())?["id"] == 1 { answered.add(1, ordering: .sequentiallyConsistent) }
        }
      }
    }
    for turn in 0..<20 {
      try await door.start()
      let (before, seen) = (answered.load(ordering: .sequentiallyConsistent), counting.came)
      while answered.load(ordering: .sequentiallyConsistent) < before + 3 || counting.came < seen + 5 { await Task.yield() }
      if turn % 3 == 0 { door.abort(run: "r1", reason: "over") }
      if turn % 2 == 0 { await door.stop() } else { await door.detachAll()?.close() }
      #expect(door.status["connections"] == [])
    }
    isOver.store(true, ordering: .sequentiallyConsistent)
    await withCheckedContinuation { continuation in group.notify(queue: .global()) { continuation.resume() } }
    #expect(counting.came > 100)
    #expect(counting.inside >= 0)
    #expect(ends.count.load(ordering: .sequentiallyConsistent) == counting.came - counting.inside)
  }
}
