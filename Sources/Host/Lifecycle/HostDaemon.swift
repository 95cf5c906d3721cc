// SPDX-License-Identifier: Apache-2.0
// The whole host. One thread, the one that calls `run`, does all that changes which plugins run; the rest puts orders into its queue.
package import JSON
import Glibc
import Synchronization
import PluginBridge

/// Runs plugins and the control door until it is told to stop.
package final class HostDaemon: Sendable {
  package struct Options: Sendable {
    package var home: String?
    /// Plugin directories to search first.
    package var plugins: [String] = []
    package var environment: [String: String] = [:]
    /// The program that runs a plugin in a process of its own; beside this one unless said otherwise.
    package var runner = (FilePaths.real("/proc/self/exe")?.parentDirectory ?? "") + "/jackfield-runner"
    /// Where log lines go besides the file in the state directory.
    package var console: any LogSink

    package init(console: any LogSink) { self.console = console }
  }

  package typealias Reply = @Sendable (Result<JSONValue, HostFault>) -> Void

  enum Order: Sendable {
    case stop
    case reload(Reply)
    case setEnabled(String, Bool, Reply)
    case reloadPlugin(String, Reply)
    case allow(String, Reply)
    case watchStart(PluginSlot)
  }

  package let directories: Directories
  package let switchboard: Switchboard
  let manager: PluginManager
  let logger: Logger
  let started = MonotonicClock.now()
  private let environment: [String: String]
  private let runner: String
  private let survey: PluginSurvey
  private let ledger: CrashLedger
  private let orders: BlockingQueue<Order>
  private let configuration: Mutex<Configuration>
  private let stopRequested = Atomic<Bool>(false)
  private let isReady = Atomic<Bool>(false)
  private let lock: HostLock
  private let levels: LevelSink

  /// Makes the directories, takes the lock, and reads the configuration. Loads no plugin.
  ///
  /// - Throws: `HostFault`: another host runs here, a directory cannot be made, or the configuration is wrong.
  package init(_ options: Options) throws(HostFault) {
    directories = Directories(environment: options.environment, home: options.home, plugins: options.plugins)
    environment = options.environment
    runner = options.runner
    let loaded: Configuration
    do {
      try directories.create()
      lock = try HostLock(directory: directories.runtime)
      loaded = try ConfigurationLoader(directories: directories, environment: options.environment).load()
      levels = try Self.sinks(options.console, directories: directories, log: loaded.log)
    } catch let error as FileError {
      throw HostFault("\(error); make it writable, or choose another --home")
    } catch {
      throw HostFault("\(error)")
    }
    logger = Logger(label: "host", sink: levels)
    configuration = Mutex(loaded)
    orders = BlockingQueue()
    switchboard = Switchboard(limits: Self.switchboardLimits(loaded))
    survey = PluginSurvey(directories: directories, environment: options.environment, logger: logger)
    ledger = CrashLedger(directory: directories.state, logger: logger)
    let isolation = Self.isolation(loaded, runner: runner, directories: directories, ledger: ledger)
    manager = PluginManager(switchboard: switchboard, logger: logger, limits: Self.pluginLimits(loaded), isolation: isolation) {
      [orders] slot in orders.put(.watchStart(slot))
    }
    offerCommands()
  }

  // MARK: Running

  /// Starts everything, carries out orders until one says stop, and stops everything.
  ///
  /// - Parameter ready: Runs once the control door listens and the plugins that start with the host were started.
  /// - Throws: `HostFault` when the control door cannot be opened.
  package func run(ready: () -> Void) throws(HostFault) {
    logger.info("host started", ["pid": "\(getpid())", "home": directories.config])
    apply(configuration.withLock { $0 })
    // From here on every command is known; a call that comes before its plugin has started waits for it.
    let door: ControlDoor
    do throws(HostFault) { door = try openDoor() } catch {
      manager.stopAll()
      throw error
    }
    manager.startWithHost(unless: isStopping)
    isReady.store(true, ordering: .relaxed)
    logger.info("host ready", ["milliseconds": "\((MonotonicClock.now() - started) / 1_000_000)"])
    ready()
    carryOutOrders()
    refuseOrders()
    logger.info("host stopping")
    switchboard.beginStopping()
    manager.stopAll()
    closeDoor(door)
    logger.info("host stopped")
  }

  private func carryOutOrders() {
    var starts: [(slot: PluginSlot, deadline: UInt64)] = []
    while !stopRequested.load(ordering: .sequentiallyConsistent) {
      let order = orders.take(until: starts.map(\.deadline).min())
      switch order {
      case .stop: return
      case .reload(let reply): reply(reload())
      case .setEnabled(let id, let enabled, let reply): reply(setEnabled(id, enabled))
      case .reloadPlugin(let id, let reply): reply(reloadPlugin(id))
      case .allow(let id, let reply): reply(allow(id))
      case .watchStart(let slot): starts.append((slot, MonotonicClock.after(milliseconds: manager.startMilliseconds)))
      case nil: break
      }
      let now = MonotonicClock.now()
      for start in starts where start.deadline <= now { start.slot.abandonStart(afterMilliseconds: manager.startMilliseconds) }
      starts.removeAll { $0.deadline <= now || !$0.slot.isStarting }
    }
  }

  /// Answers the orders that the stop overtook, and takes no more.
  private func refuseOrders() {
    orders.close()
    while let order = orders.take() {
      switch order {
      case .reload(let reply), .setEnabled(_, _, let reply), .reloadPlugin(_, let reply), .allow(_, let reply):
        reply(.failure(Self.stopping))
      case .stop, .watchStart: break
      }
    }
  }

  private static var stopping: HostFault { HostFault("the host is stopping; start it again first", status: .stopping) }

  private func apply(_ configuration: Configuration) {
    manager.setLimits(Self.pluginLimits(configuration))
    manager.setIsolation(Self.isolation(configuration, runner: runner, directories: directories, ledger: ledger))
    manager.apply(survey.candidates(configuration))
    let known = manager.ids
    for problem in configuration.problems(withPluginsOtherThan: known) { logger.warning(problem.message) }
  }

  private func isStopping() -> Bool { stopRequested.load(ordering: .sequentiallyConsistent) }

  // MARK: Orders, from any thread

  /// Asks for an orderly stop. A second time it changes nothing.
  package func requestStop() {
    stopRequested.store(true, ordering: .sequentiallyConsistent)
    orders.put(.stop)
  }

  /// Asks for the configuration to be read again and plugins to be looked for; the old one goes on when the new one is wrong.
  package func requestReload(_ reply: @escaping Reply = { _ in }) { put(.reload(reply), reply) }

  package func requestEnabled(_ id: String, _ enabled: Bool, _ reply: @escaping Reply) { put(.setEnabled(id, enabled, reply), reply) }

  package func requestPluginReload(_ id: String, _ reply: @escaping Reply) { put(.reloadPlugin(id, reply), reply) }

  /// Asks for a plugin's files to be accepted as they are now.
  package func requestAllow(_ id: String, _ reply: @escaping Reply) { put(.allow(id, reply), reply) }

  private func put(_ order: Order, _ reply: Reply) {
    guard !isStopping(), orders.put(order) else { return reply(.failure(Self.stopping)) }
  }

  // MARK: Carrying them out, on the thread of `run`

  private func reload() -> Result<JSONValue, HostFault> {
    do throws(ConfigurationError) {
      let fresh = try ConfigurationLoader(directories: directories, environment: environment).load()
      let faults = survey.configurationFaults(fresh)
      guard faults.isEmpty else { throw ConfigurationError(problems: faults) }
      configuration.withLock { $0 = fresh }
      levels.set(fresh.log.level)
      apply(fresh)
      manager.startWithHost(unless: isStopping)
      logger.info("configuration reloaded")
      return .success(["reloaded": true, "plugins": manager.rows()])
    } catch {
      for problem in error.problems { logger.error("configuration not taken, the old one goes on", ["reason": problem.message]) }
      return .failure(HostFault("the configuration was not taken, the old one goes on:\n\(error)", status: .invalid))
    }
  }

  private func setEnabled(_ id: String, _ enabled: Bool) -> Result<JSONValue, HostFault> {
    guard manager.entry(id) != nil else { return .failure(unknownPlugin(id)) }
    do throws(ConfigurationError) {
      try PluginSwitches(directories: directories).set(id, enabled: enabled)
    } catch {
      return .failure(HostFault("\(error)"))
    }
    if enabled { ledger.release(id) }
    return reload().flatMap { _ in answer(about: id) }
  }

  private func reloadPlugin(_ id: String) -> Result<JSONValue, HostFault> {
    guard manager.entry(id) != nil else { return .failure(unknownPlugin(id)) }
    let fault = manager.reload(id, with: survey.candidates(configuration.withLock { $0 }), unless: isStopping)
    if let fault { return .failure(HostFault("plugin '\(id)' was not reloaded, the old one goes on: \(fault)")) }
    return answer(about: id)
  }

  private func allow(_ id: String) -> Result<JSONValue, HostFault> {
    guard manager.entry(id) != nil else { return .failure(unknownPlugin(id)) }
    manager.apply(survey.candidates(configuration.withLock { $0 }, allowing: id))
    manager.startWithHost(unless: isStopping)
    return answer(about: id)
  }

  private func answer(about id: String) -> Result<JSONValue, HostFault> {
    manager.information(id).map { .success($0) } ?? .failure(unknownPlugin(id))
  }

  func unknownPlugin(_ id: String) -> HostFault {
    let hint = NearMiss.closest(to: id, in: manager.ids).map { "did you mean '\($0)'?" } ?? "'jackfield plugins' lists them"
    return HostFault("there is no plugin '\(id)'; \(hint)", status: .notFound)
  }

  // MARK: Looking

  /// "starting" until the plugins that start with the host were started, then "ready", at last "stopping".
  package var stateName: String {
    isStopping() ? "stopping" : isReady.load(ordering: .relaxed) ? "ready" : "starting"
  }

  /// After this long a stop that has begun is over, or the host is stuck: every plugin's limit one after the other, and a little more.
  package var stopLimitSeconds: Int { 10 + manager.ids.count * (currentConfiguration.limits.stopTimeoutMilliseconds + 999) / 1_000 }

  package var currentConfiguration: Configuration { configuration.withLock { $0 } }

  // MARK: Parts

  private static func sinks(_ console: any LogSink, directories: Directories, log: Configuration.Log) throws(RotatingFileError) -> LevelSink
  {
    guard log.file else { return LevelSink(log.level, console) }
    let file = try RotatingFile(path: directories.logs + "/host.log", maximumBytes: log.maxBytes, keep: log.keep)
    return LevelSink(log.level, MultiSink([console, JSONLineLogSink(file: file)]))
  }

  private static func switchboardLimits(_ configuration: Configuration) -> Switchboard.Limits {
    var limits = Switchboard.Limits()
    limits.callsInFlight = configuration.limits.maxCallsInFlight
    return limits
  }

  private static func pluginLimits(_ configuration: Configuration) -> PluginManager.Limits {
    var limits = PluginManager.Limits()
    limits.startMilliseconds = configuration.limits.startTimeoutMilliseconds
    limits.stopMilliseconds = configuration.limits.stopTimeoutMilliseconds
    limits.drainMilliseconds = configuration.limits.drainTimeoutMilliseconds
    return limits
  }

  private static func isolation(
    _ configuration: Configuration, runner: String, directories: Directories, ledger: CrashLedger
  ) -> PluginSlot.Isolation {
    var terms = RunnerTerms(executable: runner, reports: CrashReports(directories.state + "/crashes"))
    terms.cancelGraceMilliseconds = configuration.limits.cancelGraceMilliseconds
    terms.stuckMilliseconds = configuration.limits.stuckTimeoutMilliseconds
    return PluginSlot.Isolation(terms: terms, ledger: ledger)
  }
}
