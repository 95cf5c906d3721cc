// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK

/// One kernel under one id: its process, the conversation with it, and who runs what on it.
///
/// The process may change (a restart); the id, the sessions and the settings stay. Whatever a process or a link says carries the generation it
/// belongs to, so that nothing late is taken for news.
actor Kernel {
  nonisolated let executor: KernelExecutor
  nonisolated let id: String
  nonisolated let provider: any KernelProvider
  nonisolated let services: KernelServices
  /// Our name in the kernel's eyes: the identity of our sockets.
  nonisolated let session = UUID().uuidString.lowercased()
  nonisolated let policy: KernelPolicy

  /// As it was begun first.
  nonisolated let firstPlan: KernelPlan
  var plan: KernelPlan
  var handle: (any KernelHandle)?
  var link: (any KernelLink)?
  var generation = 0
  /// How often it was begun.
  var begins = 0
  var status = KernelStatus.starting
  var reason: String?
  var started = Date.now.timeIntervalSince1970
  var lastActivity = Date.now.timeIntervalSince1970
  var executionCount = 0
  /// The content of the last `kernel_info_reply`.
  var information: JSONValue = .null
  var inbox: Inbox?
  var readying: Task<[UInt8], any Error>?
  /// How the process of this generation ended.
  var end: KernelEnd?
  /// Why we ended it, when we did.
  var killReason: String?
  /// Begins, restarts and shutdowns, one after the other.
  var isChanging = false
  /// Called when there is a process, before it is ready: so that it is found again whatever happens from then on.
  var launched: (@Sendable () async -> Void)?
  /// Whether it was told to end for good.
  var isDoomed = false
  /// When it was begun again by itself.
  var autorestarts: [Double] = []
  /// It died, and is begun again by itself.
  var isToBeginAgain = false

  var queue = RunQueue()
  var active: ActiveRun?
  /// The run that is being interrupted, by its request's id.
  var interrupting: String?
  /// Seconds in which it had nothing to do; a machine that sleeps does not count.
  var idleSeconds = 0.0
  /// Runs that ended lately: what a thread of theirs still prints is theirs.
  var lately: [(message: String, run: QueuedRun)] = []
  /// Replies that somebody waits for, by the request's id.
  var pending: [String: CheckedContinuation<KernelMessage, any Error>] = [:]
  /// Requests of other programs that the kernel works at.
  var foreign: Set<String> = []
  var comms: [String: CommState] = [:]
  var subshell = Subshell.untried
  var observers: [Int: @Sendable (KernelMessage) -> Void] = [:]
  var lastObserver = 0
  let turns = Announcement()
  /// Logs whose readers are told of news when all that came together is in.
  var unannounced: [RunLog] = []
  var isTaking = false
  /// The summary that was told last: the same is not told twice.
  private var told: KernelSummary?

  init(id: String, plan: KernelPlan, provider: any KernelProvider, policy: KernelPolicy, services: KernelServices) {
    self.id = id
    executor = KernelExecutor(pool: services.executor)
    firstPlan = plan
    self.plan = plan
    self.provider = provider
    self.policy = policy
    self.services = services
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  /// Does something here and now, on the calling thread.
  ///
  /// - Returns: Nil when another thread is at something of this kernel: then wait for your turn.
  nonisolated func atOnce<Result: Sendable>(_ body: @Sendable (isolated Kernel) throws -> Result) rethrows -> Result? {
    try executor.ifFree { try assumeIsolated { try body($0) } }
  }

  func onLaunch(_ body: @escaping @Sendable () async -> Void) { launched = body }

  /// As lists show it.
  var summary: KernelSummary {
    KernelSummary(
      id: id, name: plan.displayName, spec: plan.spec, language: plan.language, provider: provider.name, status: status, reason: reason,
      executionCount: executionCount, queued: queue.waiting.count, running: active?.run.description.id, generation: begins,
      started: started, lastActivity: lastActivity, isQueuePaused: queue.isPaused, implementation: implementation,
      subshells: subshell.isKnownToWork)
  }

  /// As the kernel names itself, as "ipython".
  var implementation: String? { information["implementation"]?.stringValue }

  /// What its handle tells of it: pid, command, connection file.
  var details: JSONValue { handle?.describe() ?? .null }

  /// What it uses now.
  var usage: KernelUsage? {
    get async { await handle?.usage() }
  }

  /// What a host that starts later needs to find it again.
  var record: JSONValue? {
    guard status != .dead, let handle else { return nil }
    return handle.persist()
  }

  func set(_ status: KernelStatus, reason: String? = nil) {
    guard status != self.status || reason != self.reason else { return }
    self.status = status
    self.reason = reason
    tell()
  }

  func tell() {
    let summary = summary
    if summary != told { services.news(.changed(summary)) }
    told = summary
    turns.announce()
  }

  /// The status that follows from what it works at.
  func settle() {
    guard [.idle, .busy].contains(status) else { return }
    set(active == nil && foreign.isEmpty ? .idle : .busy)
  }

  static var now: Double { Date.now.timeIntervalSince1970 }

  func failure(_ message: String, code: String, status: PluginFailure.Status = .failed) -> PluginFailure {
    PluginFailure(message, code: code, status: status)
  }
}
