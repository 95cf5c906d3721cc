// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RunBridge

@Suite(.timeLimit(.minutes(1))) struct DeadlineTimerTests {
  private let timer = DeadlineTimer()
  private let fired: AsyncStream<Int>

  init() throws {
    let (fired, fire) = AsyncStream<Int>.makeStream()
    self.fired = fired
    try timer.start { fire.yield($0) }
  }

  private func next(_ count: Int) async -> [Int] {
    var found: [Int] = []
    for await number in fired {
      found.append(number)
      if found.count == count { break }
    }
    return found
  }

  @Test func firesInTheOrderOfTime() async {
    defer { timer.stop() }
    timer.set(1, after: .seconds(600))
    timer.set(2, after: .zero)
    timer.set(3, after: .milliseconds(100))
    timer.set(4, after: .milliseconds(200))
    #expect(await next(3) == [2, 3, 4])
  }

  @Test func whatIsClearedDoesNotFire() async {
    defer { timer.stop() }
    timer.set(1, after: .seconds(1))
    timer.clear(1)
    timer.clear(7)
    timer.set(2, after: .milliseconds(1_100))
    #expect(await next(1) == [2])
  }

  @Test func aThousandAtOnce() async {
    defer { timer.stop() }
    for number in 0..<1_000 { timer.set(number, after: .milliseconds(number % 7)) }
    #expect(await Set(next(1_000)) == Set(0..<1_000))
  }

  @Test func stopsWhileItWaits() {
    timer.set(1, after: .seconds(600))
    timer.stop()
    timer.stop()
  }

  @Test func farAwayIsNotNow() async {
    defer { timer.stop() }
    timer.set(1, after: .bounded(seconds: 1e300))
    timer.set(2, after: .bounded(seconds: .nan))
    #expect(await next(1) == [2])
  }
}
