// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Testing

@testable import Host
import PluginBridge

@Suite struct BackgroundSinkTests {
  /// Waits in `write` until it is let go, as a terminal does that was stopped with Ctrl-S.
  private final class Stuck: LogSink {
    let entered = BlockingQueue<Void>()
    let released = BlockingQueue<Void>()
    let log = MemoryLog()

    func write(_ record: LogRecord) {
      entered.put(())
      _ = released.take()  // closed: goes on at once
      log.write(record)
    }
  }

  private func record(_ message: String) -> LogRecord { LogRecord(time: 0, level: .info, label: "host", message: message) }

  @Test func passesLinesOnInTheirOrder() {
    let log = MemoryLog()
    let sink = BackgroundSink(log)
    for number in 1...100 { sink.write(record("\(number)")) }
    #expect(sink.flush(milliseconds: 10_000))
    #expect(log.lines == (1...100).map { "info host \($0)" })
  }

  @Test func writerNeverWaitsAndLossesAreTold() {
    let stuck = Stuck()
    let sink = BackgroundSink(stuck, limit: 3)
    sink.write(record("1"))
    _ = stuck.entered.take(until: MonotonicClock.after(milliseconds: 10_000))
    for number in 2...10 { sink.write(record("\(number)")) }
    #expect(!sink.flush(milliseconds: 1))
    stuck.released.close()
    #expect(sink.flush(milliseconds: 10_000))
    #expect(
      stuck.log.lines == [
        "info host 1", "info host 2", "info host 3", "warning host lines not shown here, nobody read them in time lines=7",
      ])
  }
}
