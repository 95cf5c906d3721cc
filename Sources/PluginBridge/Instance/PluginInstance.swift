// SPDX-License-Identifier: Apache-2.0
// One running plugin in this process: its thread, its work queue, and what is known of it. The same in the host and in a runner; where
// its words go is the port's affair.
import Glibc
import PluginAPI
import Synchronization

/// Runs one plugin instance on a thread of its own, one entry at a time.
///
/// Everything the plugin is told goes through its work queue, so nothing here blocks whoever tells. The instance lives until its
/// thread has run `stop` and `destroy`.
@safe package final class PluginInstance: Sendable {
  package let terms: InstanceTerms
  package let inbox: InstanceInbox
  package let counters = InstanceCounters()
  let port: any InstancePort
  let state = Mutex(State())
  let paths: LentPaths
  /// nil unless the configuration asks for one.
  let record: CrossingRecord?
  let subscriptions: Mutex<[any EventSource]> = Mutex([])
  /// The call that the instance's thread is in; 0 for none, and with several threads.
  private let current = Atomic<CallID>(0)
  private let inlineEntries = Atomic<Int>(0)
  /// Whether other threads than the instance's own may enter: between start and stop.
  private let isRunning = Atomic<Bool>(false)
  private let handle: InstanceHandle
  /// Threads of the instance that have not gone home.
  private let threadsLeft: Atomic<Int>
  /// One for each thread that left the plugin while it winds down.
  private let departures = BlockingQueue<Void>()
  // Written once by the instance's thread in create, before any other thread enters the plugin; the plugin owns what it points to.
  private nonisolated(unsafe) var own: UnsafeMutableRawPointer?
  // The library is never unloaded; set by the instance's thread before any other thread enters the plugin.
  private nonisolated(unsafe) var table: UnsafePointer<jf_plugin>?

  struct State {
    var phase = Phase.waiting
    var registered: Set<String> = []
    /// The thread that enters the plugin first, for its processor time.
    var clock: clockid_t?
    /// To be run once the plugin has stopped.
    var endings: [@Sendable () -> Void] = []
    var flow: [SubscriptionFlow] = []
    var health = PluginHealth()
    var logWindow: (second: UInt64, lines: Int) = (0, 0)
  }

  package enum Phase: Sendable { case waiting, creating, starting, running, stopping, ended }

  /// - Parameter inbox: The port puts what the plugin is told there.
  package init(terms: InstanceTerms, port: any InstancePort, inbox: InstanceInbox) {
    self.terms = terms
    self.port = port
    self.inbox = inbox
    paths = LentPaths(terms.directories)
    record = CrossingRecord(terms.recordPath)
    handle = InstanceHandle()
    threadsLeft = Atomic(max(1, terms.threads))
    handle.attach(self)
  }

  package var currentCall: CallID { current.load(ordering: .sequentiallyConsistent) }
  package var health: PluginHealth { state.withLock { $0.health } }
  package var phase: Phase { state.withLock { $0.phase } }
  /// Work that waits for the instance's thread.
  package var backlog: Int { inbox.count }

  // MARK: Life

  /// Loads, creates and starts the plugin on its own thread; does nothing after `discard` or `shutDown`.
  ///
  /// - Parameters:
  ///   - subscriptions: In the manifest's order.
  ///   - started: Runs on that thread with the outcome, once.
  package func launch(subscriptions: [any EventSource], started: @escaping @Sendable (Result<Void, PluginFault>) -> Void) {
    let launches = state.withLock { state in
      guard state.phase == .waiting else { return false }
      state.phase = .creating
      state.flow = subscriptions.map { _ in SubscriptionFlow() }
      return true
    }
    guard launches else { return }
    self.subscriptions.withLock { $0 = subscriptions }
    HostThread.start("jf-\(terms.id)") { [self] in
      do throws(PluginFault) {
        try begin()
      } catch {
        // Told first, so that a call that finds the inbox closed finds the reason too.
        started(.failure(error))
        end()
        return
      }
      for _ in 1..<max(1, terms.threads) { HostThread.start("jf-\(terms.id)") { [self] in work() } }
      for index in subscriptions.indices { inbox.put(.subscription(index)) }
      started(.success(()))
      work()
    }
  }

  private func begin() throws(PluginFault) {
    // Real libraries switch the processor to flush-to-zero when loaded; our other plugins must not compute otherwise for it.
    let floatingPoint = FloatingPointMode.current()
    defer { floatingPoint.restore() }
    let library = try PluginLibrary(path: terms.libraryPath, expecting: terms.id, version: terms.version, isAdapter: terms.isAdapter)
    unsafe table = library.table
    record?.write(.toPlugin, "create", ["configuration": CrossingRecord.text(terms.configuration)])
    let created = unsafe terms.configuration.lend { configuration in
      unsafe library.table.pointee.create(record == nil ? HostTable.shared : RecordingTable.shared, handle.pointer, configuration, &own)
    }
    record?.write(.toPlugin, "create returned", status: created)
    guard created >= 0 else { throw fault("create", created) }
    do throws(PluginFault) {
      try checkRegistration()
      state.withLock { $0.phase = .starting }
      record?.write(.toPlugin, "start")
      let status = unsafe library.table.pointee.start(own)
      record?.write(.toPlugin, "start returned", status: status)
      guard status >= 0 else { throw fault("start", status) }
    } catch {
      handle.detach()
      unsafe library.table.pointee.destroy(own)
      throw error
    }
    state.withLock { $0.phase = .running }
    isRunning.store(true, ordering: .sequentiallyConsistent)
  }

  private func fault(_ step: String, _ status: jf_status) -> PluginFault {
    let reason = state.withLock { $0.health.lastError }
    let detail = reason.map { ": \($0)" } ?? "; its log may say why ('jackfield plugins info \(terms.id)')"
    return PluginFault("plugin '\(terms.id)' failed to \(step) (\(CallStatus(rawValue: status).name))\(detail)")
  }

  private func checkRegistration() throws(PluginFault) {
    let missing = terms.commands.subtracting(state.withLock { $0.registered }).sorted()
    guard missing.isEmpty else {
      let names = missing.map { "'\($0)'" }.joined(separator: ", ")
      throw PluginFault(
        "plugin '\(terms.id)' promises \(names) in plugin.json but its code does not register it; register it in create, or take it out of plugin.json"
      )
    }
  }

  /// Stops the plugin: delivers what is queued for it, then runs its `stop` and `destroy`. `ended` runs on its thread.
  ///
  /// During the start it waits for that; before the launch there is nothing to stop, and `ended` runs at once.
  package func shutDown(deadline: UInt64, ended: @escaping @Sendable () -> Void) {
    discard()
    let (isOver, isFirst) = state.withLock { state in
      guard state.phase != .ended else { return (true, false) }
      state.endings.append(ended)
      return (false, state.endings.count == 1)
    }
    if isOver { ended() }
    if isFirst { inbox.put(.stop(deadline: deadline)) }
  }

  /// Gives the instance up if it was not launched yet.
  package func discard() {
    let waits = state.withLock { state in
      guard state.phase == .waiting else { return false }
      state.phase = .ended
      return true
    }
    if waits { end() }
  }

  // MARK: The instance's threads

  private func work() {
    while let item = port.nextWork(until: nil) {
      switch item {
      case .invoke(let call, let payload, let content): invoke(call, payload: payload, content: content)
      case .event(let event): deliver(event)
      case .subscription(let index): deliverEvents(of: index)
      case .ping(let pong):
        deliver(.ping)
        pong()
      case .look: break
      case .leave:
        threadsLeft.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        departures.put(())
        return
      case .stop(let deadline): return wind(down: deadline)
      }
    }
  }

  private func wind(down deadline: UInt64) {
    state.withLock { $0.phase = .stopping }
    isRunning.store(false, ordering: .sequentiallyConsistent)
    for _ in 1..<max(1, terms.threads) { inbox.put(.leave) }
    waitForOthers()
    drain(until: deadline)
    if let table = unsafe table {
      record?.write(.toPlugin, "stop")
      let status = unsafe table.pointee.stop(own, deadline)
      record?.write(.toPlugin, "stop returned", status: status)
      if status < 0 {
        port.log(.warning, "plugin did not stop cleanly", [("plugin", terms.id), ("status", CallStatus(rawValue: status).name)])
      }
      handle.detach()
      unsafe table.pointee.destroy(own)
      record?.write(.toPlugin, "destroy")
    }
    end()
  }

  /// Waits until this is the only thread inside the plugin. The others leave as soon as their present entry returns.
  ///
  /// However late: to stop and destroy a plugin under a thread that is inside it would bring down the host.
  private func waitForOthers() {
    while threadsLeft.load(ordering: .sequentiallyConsistent) > 1 || inlineEntries.load(ordering: .sequentiallyConsistent) > 0 {
      _ = departures.take()
    }
  }

  /// Delivers what is queued, so that nothing that must be kept is lost at the end.
  private func drain(until deadline: UInt64) {
    let count = subscriptions.withLock { $0.count }
    while MonotonicClock.now() < deadline {
      for index in 0..<count { deliverEvents(of: index) }
      guard subscriptions.withLock({ $0.contains { !$0.isEmpty } }) else { return }
      guard let item = port.nextWork(until: deadline) else { return }
      if case .event(let event) = item { deliver(event) }
    }
  }

  private func end() {
    handle.detach()
    inbox.close()
    let endings = state.withLock { state in
      state.phase = .ended
      defer { state.endings = [] }
      return state.endings
    }
    for ended in endings { ended() }
  }

  // MARK: Entries into the plugin

  private func invoke(_ call: any InstanceCall, payload: [UInt8], content: Content) {
    if terms.threads == 1 { current.store(call.id, ordering: .sequentiallyConsistent) }
    defer { current.store(0, ordering: .relaxed) }
    // A call that ended before the plugin saw it: nobody will finish it.
    guard call.status == .ok else { return port.forget(call.id) }
    enter(call, payload: payload, content: content)
  }

  private func enter(_ call: any InstanceCall, payload: [UInt8], content: Content) {
    // Only a running instance has work, and it has its table.
    guard let table = unsafe table else { return }
    record?.invoke(call, payload)
    let status = unsafe payload.lend { payload in
      unsafe call.commandName.lend { command in
        var request = unsafe jf_request(
          size: UInt32(MemoryLayout<jf_request>.size), content: content.rawValue, call: call.id, parent: call.parentID,
          deadline_ns: call.deadline, credit: call.initialCredit, command: command, payload: payload)
        return unsafe table.pointee.invoke(own, &request)
      }
    }
    record?.write(.toPlugin, "invoke returned", call: call.id, status: status)
    guard status != CallStatus.pending.rawValue else { return }
    settle(call, CallStatus(rawValue: status))
  }

  private func settle(_ call: any InstanceCall, _ status: CallStatus) {
    if status.isFailure {
      port.fail(call.id, status) { "plugin '\(terms.id)' refused '\($0)' (\(status.name))" }
    } else if status == .ok, call.isOpen {
      counters.misuse.wrappingAdd(1, ordering: .relaxed)
      port.fail(call.id, .failed) { "plugin '\(terms.id)' said that '\($0)' was done without answering it; report this to its author" }
    }
  }

  /// Runs an "inline" command on the caller's thread.
  package func invokeInline(_ call: any InstanceCall, payload: [UInt8], content: Content) {
    inlineEntries.wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer {
      inlineEntries.wrappingSubtract(1, ordering: .sequentiallyConsistent)
      if !isRunning.load(ordering: .sequentiallyConsistent) { departures.put(()) }
    }
    guard isRunning.load(ordering: .sequentiallyConsistent) else {
      port.fail(call.id, .stopping) { "cannot call '\($0)': plugin '\(terms.id)' is stopping" }
      return
    }
    enter(call, payload: payload, content: content)
  }

  private func deliver(_ event: InstanceEvent) {
    _ = unsafe event.payload.lend { payload in
      unsafe event.name.lend { name in
        unsafe tell(
          jf_event(
            size: UInt32(MemoryLayout<jf_event>.size), kind: event.kind, call: event.call, subject: event.subject, value: event.value,
            content: event.content.rawValue, flags: 0, name: name, payload: payload))
      }
    }
  }

  /// Hands one event to the plugin; before the plugin is there nothing is told, and nothing refused.
  private func tell(_ event: jf_event) -> jf_status {
    guard let table = unsafe table else { return jf_status(.ok) }
    var event = unsafe event
    if let record { unsafe record.event(event) }
    let status = unsafe table.pointee.event(own, &event)
    record?.write(.toPlugin, "event returned", call: unsafe event.call == 0 ? nil : event.call, status: status)
    return status
  }

  /// Delivers a batch of one subscription's events, and comes back for more after whatever else waits.
  private func deliverEvents(of index: Int) {
    guard let source = subscriptions.withLock({ index < $0.count ? $0[index] : nil }), let resumes = beginDelivery(of: index) else {
      return
    }
    let delivery = source.deliver(max: 256) { topic, content, payload, lost in offer(topic, content, payload, lost, subscription: index) }
    let more =
      switch delivery {
      case .nothing: false
      case .delivered: true
      case .refused: !hold(index, unlessResumedSince: resumes)
      }
    if endDelivery(of: index) || more { inbox.put(.subscription(index)) }
  }

  private func offer(_ topic: String, _ content: Content, _ payload: [UInt8], _ lost: UInt64, subscription index: Int) -> Bool {
    let status = unsafe payload.lend { payload in
      unsafe topic.lend { name in
        unsafe tell(
          jf_event(
            size: UInt32(MemoryLayout<jf_event>.size), kind: UInt32(JF_EVENT_TOPIC), call: 0, subject: UInt64(index), value: lost,
            content: content.rawValue, flags: 0, name: name, payload: payload))
      }
    }
    guard status != CallStatus.again.rawValue else { return false }
    counters.events.wrappingAdd(1, ordering: .relaxed)
    return true
  }
}
