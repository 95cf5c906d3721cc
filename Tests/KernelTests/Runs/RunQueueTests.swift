// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Kernel

@Suite struct RunQueueTests {
  private func run(_ id: String, _ client: String = "a", batch: String = "b") -> QueuedRun {
    let description = RunDescription(id: id, kernel: "k", code: "1", source: "1", client: client, queued: 0)
    return QueuedRun(description: description, log: RunLog(path: "/nonexistent/\(id)"), batch: batch)
  }

  private func queue(_ runs: QueuedRun...) -> RunQueue {
    var queue = RunQueue()
    for run in runs { queue.append(run) }
    return queue
  }

  private func ids(_ queue: RunQueue) -> [String] { queue.order.map(\.description.id) }

  @Test func oneClientIsServedInOrder() { #expect(ids(queue(run("1"), run("2"), run("3"))) == ["1", "2", "3"]) }

  @Test func clientsAreServedInTurn() {
    let queue = queue(run("a1"), run("a2"), run("a3"), run("b1", "b"), run("c1", "c"), run("b2", "b"))
    #expect(ids(queue) == ["a1", "b1", "c1", "a2", "b2", "a3"])
  }

  @Test func whoComesLateIsNotBehindAllOfTheFirst() {
    var queue = queue(run("a1"), run("a2"), run("a3"))
    #expect(queue.takeNext()?.description.id == "a1")
    queue.append(run("b1", "b"))
    #expect(ids(queue) == ["b1", "a2", "a3"])
  }

  @Test func aRunCanBeMadeTheNext() {
    var queue = queue(run("1"), run("2"), run("3"))
    let (found, missing) = (queue.runNext("3"), queue.runNext("9"))
    #expect(found && !missing)
    #expect(ids(queue) == ["3", "1", "2"])
  }

  @Test func pausedQueueGivesNothing() {
    var queue = queue(run("1"))
    queue.isPaused = true
    let none = queue.takeNext()?.description.id
    queue.isPaused = false
    let one = queue.takeNext()?.description.id
    #expect(none == nil)
    #expect(one == "1")
  }

  @Test func aBatchIsTakenOutWhole() {
    var queue = queue(run("1", batch: "x"), run("2"), run("3", batch: "x"))
    let taken = queue.removeAll(ofBatch: "x").map(\.description.id)
    #expect(taken == ["1", "3"])
    #expect(ids(queue) == ["2"])
  }
}
