// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import Threads

@Suite struct MonitorTests {
  @Test func aWaiterSeesWhatAnotherThreadUpdates() {
    let monitor = Monitor(0)
    let thread = OwnThread(name: "counter") {
      for _ in 0..<1_000 { monitor.update { $0 += 1 } }
    }
    let seen = monitor.wait(until: MonotonicClock.after(milliseconds: 10_000)) { $0 == 1_000 ? $0 : nil }
    thread.join()
    #expect(seen == 1_000)
  }

  @Test func aWaitEndsAtItsDeadline() {
    let monitor = Monitor(0)
    let before = MonotonicClock.now
    let seen = monitor.wait(until: before + 1_000_000) { $0 == 1 ? $0 : nil }
    #expect(seen == nil)
    #expect(MonotonicClock.now >= before + 1_000_000)
  }

  @Test func aThreadBearsItsName() {
    let name = Monitor<String?>(nil)
    let thread = OwnThread(name: "a-name-longer-than-fifteen") {
      var buffer = [UInt8](repeating: 0, count: 32)
      let file = open("/proc/thread-self/comm", O_RDONLY)
      let count = read(file, &buffer, buffer.count)
      close(file)
      let text = String(decoding: buffer.prefix(count).dropLast(), as: UTF8.self)
      name.update { $0 = text }
    }
    thread.join()
    #expect(name.withLock { $0 } == "a-name-longer-t")
  }
}
