// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

@testable import Host
import PluginBridge

/// A switchboard with slots made from probe.c, the way the daemon makes them, without files beside the libraries.
final class ProbeHost: Sendable {
  let switchboard: Switchboard
  let log = MemoryLog()
  private let slots = Mutex<[String: PluginSlot]>([:])

  static let verbs = [
    "echo", "inline", "never", "twice", "silent", "refuse", "fail", "stream", "badtext", "nodata", "huge", "ask", "publish",
    "refuse_events", "events", "log", "slow", "progress", "waiter", "config", "overlaps", "hang",
  ]

  let mode: Configuration.Mode
  /// The plugins' own state, for crash reports and counts.
  let state = FixturePlugin.temporaryDirectory("jackfield-state")
  private let isolation: PluginSlot.Isolation

  /// - Parameter terms: Changes how processes are looked after.
  init(
    _ mode: Configuration.Mode = .inprocess, limits: Switchboard.Limits = Switchboard.Limits(),
    terms change: (inout RunnerTerms) -> Void = { _ in }
  ) {
    self.mode = mode
    switchboard = Switchboard(limits: limits)
    var terms = RunnerTerms(executable: Products.directory + "/jackfield-runner", reports: CrashReports(state + "/crashes"))
    change(&terms)
    isolation = PluginSlot.Isolation(terms: terms, ledger: CrashLedger(directory: state))
  }

  @discardableResult
  func add(
    _ id: String = "probe", options: [String] = [], subscriptions: [PluginBlueprint.Subscription] = [], requires: [String] = [],
    commands: [String] = verbs, threads: Int = 1
  ) throws -> PluginSlot {
    let library = try FixturePlugin.library("probe.c", ["-DID=\"\(id)\"", "-DNS=\"\(id)\""] + options)
    let directories = InstanceDirectories(data: "/data", state: "/state", runtime: "/run", library: "/lib")
    let terms = InstanceTerms(
      id: id, version: "1.0.0", libraryPath: library, configuration: Array("{}".utf8), commands: Set(commands.map { "\(id).\($0)" }),
      publishes: [try TopicPattern("\(id).ticks")], threads: threads, directories: directories)
    let descriptions = commands.map { CommandDescription(name: "\(id).\($0)", plugin: id, inline: $0 == "inline") }
    var blueprint = PluginBlueprint(terms: terms, commands: descriptions, subscriptions: subscriptions, requires: requires)
    blueprint.mode = mode
    let slot = PluginSlot(
      blueprint: blueprint, switchboard: switchboard, logger: Logger(label: "host", sink: log), isolation: isolation,
      neighbour: { [weak self] id in self?.slots.withLock { $0[id] } }, starting: { _ in })
    slots.withLock { $0[id] = slot }
    try slot.open()
    return slot
  }

  /// Calls a command and waits for its answer.
  func call(_ name: String, _ payload: String = "{}", content: Content = .json, deadlineIn milliseconds: Int? = nil) -> AnswerBox.Answer? {
    start(name, payload, content: content, deadlineIn: milliseconds).box.answer()
  }

  @discardableResult
  func start(
    _ name: String, _ payload: String = "{}", content: Content = .json, deadlineIn milliseconds: Int? = nil, credit: UInt64 = 0
  ) -> (id: CallID, box: AnswerBox) {
    let box = AnswerBox()
    let request = CallRequest(
      command: name, payload: Array(payload.utf8), content: content,
      deadline: milliseconds.map { MonotonicClock.after(milliseconds: $0) } ?? 0,
      credit: credit)
    return (switchboard.call(request, receiver: box), box)
  }

  /// Looks again and again, for what a process tells of itself only now and then; at most ten seconds.
  func eventually(_ isTrue: () -> Bool) -> Bool {
    let deadline = MonotonicClock.after(milliseconds: 10_000)
    while MonotonicClock.now() < deadline {
      if isTrue() { return true }
      // Two cores: whoever spins here keeps the process from doing what is waited for.
      usleep(1_000)
    }
    return false
  }

  /// Stops a slot and waits for it; false when it did not stop in time.
  func stop(_ slot: PluginSlot, milliseconds: Int = 10_000) -> Bool {
    let stopped = BlockingQueue<Void>()
    let deadline = MonotonicClock.after(milliseconds: milliseconds)
    slot.close(deadline: deadline) { stopped.put(()) }
    return stopped.take(until: deadline) != nil
  }
}
