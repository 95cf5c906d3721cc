// SPDX-License-Identifier: Apache-2.0
import Glibc
import Host
import Synchronization
import PluginBridge

/// Rows about calls and events through the real C ABI.
struct SwitchboardBench {
  private let switchboard = Switchboard()
  private let slot: PluginSlot
  private let mode: Configuration.Mode
  private let payload = [UInt8](repeating: UInt8(ascii: "x"), count: 100)

  /// - Parameter runner: The program for a plugin in a process of its own; nil runs it in this one.
  init(library: String, runner: String? = nil) throws {
    mode = runner == nil ? .inprocess : .process
    let directories = InstanceDirectories(data: "/", state: "/", runtime: "/", library: "/")
    let names = ["echo.inline", "echo.queued", "echo.events"]
    let terms = InstanceTerms(
      id: "echo", version: "1.0.0", libraryPath: library, configuration: Array("{}".utf8), commands: Set(names), publishes: [], threads: 1,
      directories: directories)
    let commands = names.map { CommandDescription(name: $0, plugin: "echo", inline: $0 == "echo.inline") }
    let wants = PluginBlueprint.Subscription(pattern: try TopicPattern("bench.*"), queue: 4_096, overflow: .block)
    var blueprint = PluginBlueprint(terms: terms, commands: commands, subscriptions: [wants])
    blueprint.mode = mode
    let state = "/tmp/jackfield-bench-\(getpid())"
    unsafe mkdir(state, 0o700)
    let isolation = PluginSlot.Isolation(
      terms: RunnerTerms(executable: runner ?? "", reports: CrashReports(state + "/crashes")), ledger: CrashLedger(directory: state))
    slot = PluginSlot(
      blueprint: blueprint, switchboard: switchboard, logger: Logger(label: "bench", sink: Silence()), isolation: isolation,
      neighbour: { _ in nil }, starting: { _ in })
    try slot.open()
  }

  /// Prints every row.
  ///
  /// - Parameter scale: Divides how often each thing is done.
  func run(scale: Int) {
    let warm = Answers()
    call("echo.queued", warm)
    warm.wait(for: 1)
    row("call inline", count: 1_000_000 / scale) { count in
      let answers = Answers()
      for _ in 0..<count { call("echo.inline", answers) }
      answers.wait(for: count)
    }
    row("call queued, 64 in flight", count: 200_000 / scale) { count in
      let answers = Answers()
      for sent in 0..<count {
        if sent >= 64 { answers.wait(for: sent - 63) }
        call("echo.queued", answers)
      }
      answers.wait(for: count)
    }
    row("call queued, one at a time", count: 50_000 / scale) { count in
      let answers = Answers()
      for sent in 1...count {
        call("echo.queued", answers)
        answers.wait(for: sent)
      }
    }
    events(count: 1_000_000 / scale)
  }

  /// Prints the rows of a plugin in a process of its own. The caller sleeps until it is answered, as that of the baseline.
  func runProcess(scale: Int) {
    for flight in [1, 8, 64] {
      row("call to a runner, \(flight) in flight", count: 50_000 / scale) { count in
        let answers = SleepingAnswers()
        for sent in 0..<count {
          if sent >= flight { answers.wait() }
          switchboard.call(CallRequest(command: "echo.queued", payload: payload, content: .bytes), receiver: answers)
        }
        for _ in 0..<min(flight, count) { answers.wait() }
      }
    }
    events(count: 200_000 / scale)
  }

  /// Starts a runner, waits for the answer to a first call, and ends it.
  func start() {
    let answers = SleepingAnswers()
    switchboard.call(CallRequest(command: "echo.queued", payload: payload, content: .bytes), receiver: answers)
    answers.wait()
    let stopped = BlockingQueue<Void>()
    slot.close(deadline: MonotonicClock.after(milliseconds: 5_000)) { stopped.put(()) }
    _ = stopped.take()
  }

  /// Calls the inline command until killed; for a profiler.
  func runInlineForEver() {
    while true { call("echo.inline", Answers()) }
  }

  private func call(_ name: String, _ answers: Answers) {
    switchboard.call(CallRequest(command: name, payload: payload, content: .bytes), receiver: answers)
  }

  private func events(count: Int) {
    let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 350)
    guard let topic = switchboard.topic("bench.tick") else { return }
    let room = Room()
    row(mode == .process ? "event to a runner" : "event to a plugin", count: count) { count in
      for _ in 0..<count {
        while switchboard.publish(topic, content: .bytes, byteCount: bytes.count, publisher: room, payload: { copy(bytes) }) == .again {
          room.wait()
        }
      }
      // A process tells what it has taken only now and then: its queue is empty when all is on the way.
      while mode == .inprocess ? (slot.counters?.events ?? 0) < UInt64(count) : !slot.eventsAreTaken { sched_yield() }
    }
  }

  private func row(_ name: String, count: Int, _ body: (Int) -> Void) {
    let start = MonotonicClock.now()
    body(count)
    let each = Double(MonotonicClock.now() - start) / Double(count)
    print(#"{"name": "\#(name)", "nanoseconds": \#((each * 10).rounded() / 10), "count": \#(count)}"#)
  }
}

private final class Answers: CallReceiver {
  private let finished = Atomic<Int>(0)

  func chunk(call: CallID, content: Content, payload: [UInt8]) {}
  func progress(call: CallID, partsPerMillion: UInt32, note: String) {}
  func finished(call: CallID, status: CallStatus, content: Content, payload: [UInt8]) {
    precondition(status == .ok && payload.count == 100, "the benchmark's call failed")
    finished.wrappingAdd(1, ordering: .releasing)
  }

  /// Looks again and again, as the baseline does: the point is what the host costs, not what a sleeping caller costs.
  func wait(for count: Int) { while finished.load(ordering: .acquiring) < count { sched_yield() } }
}

/// Wakes whoever waits for an answer.
private final class SleepingAnswers: CallReceiver {
  private let answered = BlockingQueue<Void>()

  func chunk(call: CallID, content: Content, payload: [UInt8]) {}
  func progress(call: CallID, partsPerMillion: UInt32, note: String) {}
  func finished(call: CallID, status: CallStatus, content: Content, payload: [UInt8]) {
    precondition(status == .ok && payload.count == 100, "the benchmark's call failed: \(status.name)")
    answered.put(())
  }

  func wait() { _ = answered.take() }
}

private final class Room: TopicPublisher {
  private let told = BlockingQueue<Void>()

  func topicReady(_ topic: Topic) { told.put(()) }
  func wait() { _ = told.take() }
}

/// What the bridge does with bytes that a plugin lends.
private func copy(_ bytes: [UInt8]) -> [UInt8] { unsafe bytes.withUnsafeBufferPointer { unsafe [UInt8]($0) } }

private struct Silence: LogSink {
  func write(_ record: LogRecord) {}
}
