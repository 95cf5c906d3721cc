// SPDX-License-Identifier: Apache-2.0
// The life of a runner's process, on its supervisor's thread: started, watched, ended, reported, and after a while started again.
import Glibc
import PluginBridge
import Synchronization

extension RunnerInstance {
  private enum Token: UInt64 { case end = 1, wake, output, errors, line }

  /// After the line has closed: how long the runtime may take to write down where the process crashed.
  private static let lastWordsMilliseconds = 20_000

  func supervise(_ subscriptions: [EventSubscription]) {
    let link: RunnerLink
    do throws(PluginFault) { link = try startProcess(subscriptions) } catch {
      let started = state.withLock { state in
        state.phase = .over
        state.hasEnded = true
        return state.started.take()
      }
      started?(.failure(error))
      return runEndings()
    }
    let (output, errors) = watch(link)
    let outcome = link.process.reap()
    link.process.killGroup()
    link.close()
    // What the line's end means is the reader's affair, whichever of the two ends was seen first.
    _ = readerDone.take()
    finish(link, outcome, said: output + errors)
  }

  private func startProcess(_ subscriptions: [EventSubscription]) throws(PluginFault) -> RunnerLink {
    let process = try RunnerProcess(isolation.executable, environment: fullEnvironment)
    let link = RunnerLink(process, subscriptions: subscriptions, paused: eventsPaused, switchboard: switchboard) { [wake] in wake.ring() }
    state.withLock { $0.link = link }
    var load = Frame(.load)
    load.payload = terms.encoded(subscriptions: subscriptions.count)
    link.writer.send(load)
    HostThread.start("jf-\(terms.id)") { [self] in
      read(link)
      readerDone.put(())
    }
    return link
  }

  /// Built, not inherited.
  private var fullEnvironment: [String: String] {
    var all = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"]
    if let folder = try? isolation.reports.makeRuntimeFolder() {
      all.merge(RuntimeBacktrace.environment(directory: folder)) { $1 }
    }
    return all.merging(environment) { $1 }
  }

  // MARK: While it runs

  /// Returns when the process has ended, with the last that it printed.
  private func watch(_ link: RunnerLink) -> ([UInt8], [UInt8]) {
    var output = RunnerOutput(link.process.output, .info, "stdout", logger)
    var errors = RunnerOutput(link.process.errors, .warning, "stderr", logger)
    defer {
      _ = output.drain()
      _ = errors.drain()
      output.finish()
      errors.finish()
    }
    // Without a poller nobody can look after the process: it is ended.
    guard let poller = poller(link) else {
      link.process.killGroup()
      return ([], [])
    }
    var wantsToWrite = false
    while true {
      for ready in poller.wait(milliseconds: patience()) {
        switch Token(rawValue: ready.token) {
        case .end: return (output.tail, errors.tail)
        case .wake: wake.silence()
        case .output: if !output.drain() { poller.remove(link.process.output) }
        case .errors: if !errors.drain() { poller.remove(link.process.errors) }
        case .line, nil: break
        }
      }
      let hasMore = link.writer.flush()
      if hasMore != wantsToWrite { poller.change(link.process.line, token: Token.line.rawValue, read: false, write: hasMore) }
      wantsToWrite = hasMore
      look(link)
    }
  }

  private func poller(_ link: RunnerLink) -> Poller? {
    guard let poller = try? Poller() else { return nil }
    let process = link.process
    let watched: [(Int32, Token, Bool)] = [
      (process.end, .end, true), (wake.descriptor, .wake, true), (process.output, .output, true), (process.errors, .errors, true),
      (process.line, .line, false),
    ]
    for (descriptor, token, read) in watched where poller.add(descriptor, token: token.rawValue, read: read) != 0 { return nil }
    return poller
  }

  /// Milliseconds until something is due; nil: nothing is.
  private func patience() -> Int32? {
    let due = state.withLock { state -> UInt64? in
      let stop = state.stopIsSent || state.phase != .stopping ? state.stopDeadline : 0
      return [state.ladder.due, stop, state.phase == .running ? state.pings.nextLook(isolation) : nil].compactMap(\.self).min()
    }
    guard let due else { return nil }
    let now = MonotonicClock.now()
    // A stop that is not yet sent waits for pumps: it is looked after every few milliseconds, and rung for.
    return due <= now ? (due == 0 ? 20 : 0) : Int32(clamping: (due - now) / 1_000_000 + 1)
  }

  /// Sees to what is due.
  private func look(_ link: RunnerLink) {
    let now = MonotonicClock.now()
    stopIfTime(link, now)
    climb(link, now)
    let (verdict, ping): (RunnerPings.Verdict, UInt64?) = state.withLock { state in
      guard state.phase == .running, state.ladder == .idle else { return (.fine, nil) }
      return (state.pings.verdict(at: now, isolation), state.pings.due(at: now))
    }
    switch verdict {
    case .fine: if let ping { link.writer.send(Frame(.ping, a: ping)) }
    case .stuck:
      logger.error("plugin is stuck; its process is ended", ["plugin": terms.id])
      end(.unresponsive)
    case .silent:
      logger.error("plugin's process is silent; it is ended", ["plugin": terms.id])
      state.withLock { state in
        state.verdict = .unresponsive
        state.ladder = .killed
      }
      link.process.killGroup()
    }
  }

  /// Says stop once everything that waits for the plugin was sent and taken, or the time is up; and hangs up when it has stopped.
  private func stopIfTime(_ link: RunnerLink, _ now: UInt64) {
    let (phase, deadline, isSent, hasStopped) = state.withLock { ($0.phase, $0.stopDeadline, $0.stopIsSent, $0.hasStopped) }
    guard phase == .stopping, let deadline else { return }
    if hasStopped { return link.process.hangUp() }
    if isSent {
      guard now >= deadline, state.withLock({ $0.ladder == .idle }) else { return }
      logger.error("plugin did not stop in time; its process is ended", ["plugin": terms.id])
      return state.withLock { state in
        state.verdict = .unresponsive
        state.ladder = .sampling(until: 0)
      }
    }
    for pump in link.pumps { pump.pump() }
    guard now >= deadline || link.pumps.allSatisfy(\.isIdle) else { return }
    state.withLock { $0.stopIsSent = true }
    link.writer.send(Frame(.stop, a: deadline))
  }

  /// The next step towards the end of a process that does not end by itself.
  private func climb(_ link: RunnerLink, _ now: UInt64) {
    let step = state.withLock { state -> RunnerLadder in
      guard let due = state.ladder.due, now >= due else { return .idle }
      state.ladder =
        switch state.ladder {
        case .sampling: .terminated(until: MonotonicClock.after(milliseconds: state.phase == .stopping ? 50 : 1_000))
        case .terminated, .idle, .killed: .killed
        }
      return state.ladder
    }
    switch step {
    case .terminated: link.process.send(SIGTERM)
    case .killed: link.process.killGroup()
    case .idle, .sampling: break
    }
  }

  // MARK: When it is over

  /// The line has closed, on the reader's thread. What the process was to answer is answered at once; its last words may take a while.
  func lineClosed(_ link: RunnerLink) {
    link.close()
    let wasLiving = state.withLock { state in
      let wasLiving = state.phase == .starting || state.phase == .running
      if wasLiving {
        state.phase = .over
        state.lastCalls = state.open.values.map(\.commandName).sorted()
        if state.ladder == .idle { state.ladder = .terminated(until: MonotonicClock.after(milliseconds: Self.lastWordsMilliseconds)) }
      } else if state.phase == .stopping, state.ladder == .idle {
        state.ladder = .terminated(until: MonotonicClock.after(milliseconds: Self.lastWordsMilliseconds))
      }
      return wasLiving
    }
    // First the owner: who tries again at once is then kept waiting for the next process.
    if wasLiving { owner.runnerDied(self) }
    giveUpCalls(wasLiving: wasLiving)
    wake.ring()
  }

  private func giveUpCalls(wasLiving: Bool) {
    let (open, made): ([OpenCall], [CallID]) = state.withLock { state in
      defer { (state.open, state.made) = ([:], [:]) }
      return (Array(state.open.values), Array(state.made.values))
    }
    for call in open {
      switchboard.fail(
        call, .gone,
        "plugin '\(terms.id)' died while it answered '\(call.commandName)'; it is being started again, try again ('jackfield plugins info \(terms.id)' shows the crash)"
      )
    }
    for call in made { switchboard.cancel(call) }
    if wasLiving { owner.takeBack(takeUnbegun()) }
    noteAnswered()
  }

  /// Writes down how the process ended, and starts the next one when its owner says so.
  private func finish(_ link: RunnerLink, _ outcome: CrashReport.Ending, said: [UInt8]) {
    let (wasExpected, verdict, calls, sample) = state.withLock { state in
      (state.phase == .stopping && state.hasStopped && state.verdict == nil, state.verdict, state.lastCalls, state.sample)
    }
    let folder = try? isolation.reports.makeRuntimeFolder()
    let backtrace = folder.flatMap { RuntimeBacktrace.take(from: $0, of: link.process.pid) }
    let report = CrashReport(
      plugin: terms.id, version: terms.version, pid: link.process.pid, ending: verdict ?? outcome, calls: calls, standardError: said,
      backtrace: backtrace, sample: sample)
    if !wasExpected { write(report) }
    let (isCrash, started) = state.withLock { state in
      let isCrash = state.phase == .over
      (state.phase, state.hasEnded) = (.over, true)
      return (isCrash, state.started.take())
    }
    started?(.failure(PluginFault("plugin '\(terms.id)' did not start: its process \(report.ending)")))
    guard isCrash, let wait = owner.runnerEnded(self, report) else { return runEndings() }
    runEndings()
    rest(milliseconds: wait)
    owner.restart(after: self)
  }

  private func write(_ report: CrashReport) {
    do throws(FileError) {
      let path = try isolation.reports.write(report)
      logger.error("plugin's process died", ["plugin": terms.id, "ending": "\(report.ending)", "report": path])
    } catch {
      logger.error("plugin's process died", ["plugin": terms.id, "ending": "\(report.ending)", "noReport": "\(error)"])
    }
  }

  private func runEndings() {
    let endings = state.withLock { state in
      defer { state.endings = [] }
      return state.endings
    }
    for ended in endings { ended() }
  }

  /// This thread has nothing else to do: it waits for the next start.
  private func rest(milliseconds: Int) {
    _ = BlockingQueue<Void>().take(until: MonotonicClock.after(milliseconds: milliseconds))
  }
}
