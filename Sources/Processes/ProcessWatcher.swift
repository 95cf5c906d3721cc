// SPDX-License-Identifier: Apache-2.0
// One thread for the ends of all processes, and for output files that would grow without end.

internal import CLinux
internal import Glibc
internal import Synchronization

/// Tells when processes end, children of this one or not, and keeps their output files small.
public final class ProcessWatcher: Sendable {
  private struct Watched {
    var end: ProcessEnd
    var pid: Int32
    var body: @Sendable (ProcessEnding) -> Void
  }

  private struct File {
    var limit: Int64
    var grew: (@Sendable () -> Void)?
  }

  private struct State {
    var watched: [UInt64: Watched] = [:]
    var files: [String: File] = [:]
    var next: UInt64 = 16
    var thread: WatchThread?
    var growth: Int32 = -1
    var isStopped = false
  }

  private static let wakeToken: UInt64 = 0
  private static let growthToken: UInt64 = 1
  private static let mostReady = 64
  /// Files are looked at so often at most.
  private static let pauseMilliseconds: Int32 = 1_000

  private let poller: Int32
  private let event: Int32
  private let state = Mutex(State())

  /// Makes a watcher; its thread begins with the first process.
  public init() throws(ProcessesError) {
    poller = linux_poller_make()
    event = linux_event_make()
    guard poller >= 0, event >= 0 else {
      throw ProcessesError("epoll_create1", "", code: -min(poller, event), "cannot watch processes")
    }
    _ = linux_poller_set(poller, Int32(LINUX_POLLER_ADD), event, Self.wakeToken, true, false)
  }

  deinit {
    close(poller)
    close(event)
  }

  /// Calls `body` once, on the watcher's thread, when a process has ended; never after `stop` has returned. A child is reaped.
  ///
  /// - Parameter process: Called at once with `.unknown` when it is not there any more, or its number is another's.
  public func watch(_ process: ProcessIdentity, _ body: @escaping @Sendable (ProcessEnding) -> Void) throws(ProcessesError) {
    try begin()
    guard let end = ProcessEnd(process.pid) else { return body(.unknown) }
    // A child that has ended is there until it is reaped, without a beginning to compare.
    if let stat = ProcessStat(process.pid), stat.began != process.began {
      end.close()
      return body(.unknown)
    }
    state.withLock { state in
      let token = state.next
      state.next += 1
      state.watched[token] = Watched(end: end, pid: process.pid, body: body)
      _ = linux_poller_set(poller, Int32(LINUX_POLLER_ADD), end.descriptor, token, true, false)
    }
  }

  /// Gives back the room of a file's beginning whenever it has grown past a limit; its end stays, and its length.
  ///
  /// - Parameter grew: Called on the watcher's thread when any file has grown, once a second at most.
  public func limit(_ path: String, bytes: Int64, grew: (@Sendable () -> Void)? = nil) throws(ProcessesError) {
    try begin()
    state.withLock { state in
      if state.growth < 0 {
        state.growth = linux_watch_make()
        _ = linux_poller_set(poller, Int32(LINUX_POLLER_ADD), state.growth, Self.growthToken, true, false)
      }
      state.files[path] = File(limit: bytes, grew: grew)
      _ = unsafe linux_watch_add(state.growth, path)
    }
  }

  /// Leaves a file alone again. Removing it ends the watch of the system.
  public func forget(_ path: String) { state.withLock { _ = $0.files.removeValue(forKey: path) } }

  /// Ends the thread. Processes live on, unwatched.
  public func stop() {
    let thread = state.withLock { state in
      state.isStopped = true
      return state.thread.take()
    }
    var one: UInt64 = 1
    _ = unsafe write(event, &one, 8)
    thread?.join()
    state.withLock { state in
      for one in state.watched.values { one.end.close() }
      state.watched = [:]
      if state.growth >= 0 { close(state.growth) }
      state.growth = -1
    }
  }

  private func begin() throws(ProcessesError) {
    let number: Int32 = state.withLock { state in
      guard !state.isStopped else { return ECANCELED }
      guard state.thread == nil else { return 0 }
      state.thread = WatchThread.start { [self] in run() }
      return state.thread == nil ? EAGAIN : 0
    }
    guard number == 0 else { throw ProcessesError("pthread_create", "", code: number, "cannot watch processes") }
  }

  // MARK: - The thread

  private func run() {
    var isPaused = false
    while !(state.withLock { $0.isStopped }) {
      let tokens = wait(milliseconds: isPaused ? Self.pauseMilliseconds : -1)
      if isPaused, tokens.isEmpty {
        isPaused = false
        trimAll()
        listenForGrowth(true)
      }
      for token in tokens where token > Self.growthToken { ended(token) }
      if tokens.contains(Self.growthToken) {
        isPaused = true
        trimAll()
        listenForGrowth(false)
      }
    }
  }

  private func wait(milliseconds: Int32) -> [UInt64] {
    unsafe withUnsafeTemporaryAllocation(of: linux_ready.self, capacity: Self.mostReady) { ready in
      let count = unsafe linux_poller_wait(poller, ready.baseAddress, Int32(Self.mostReady), milliseconds)
      guard count > 0 else { return [] }
      return unsafe ready[..<Int(count)].map(\.token)
    }
  }

  /// The end can be taken from the system once: all who watch the process are told together.
  private func ended(_ token: UInt64) {
    let all = state.withLock { state -> [Watched] in
      guard let pid = state.watched[token]?.pid else { return [] }
      let tokens = state.watched.filter { $0.value.pid == pid }.keys
      return tokens.sorted().compactMap { token in
        guard let one = state.watched.removeValue(forKey: token) else { return nil }
        _ = linux_poller_set(poller, Int32(LINUX_POLLER_REMOVE), one.end.descriptor, token, false, false)
        return one
      }
    }
    guard let pid = all.first?.pid else { return }
    let ending = Spawn.reap(pid)
    for one in all {
      one.end.close()
      one.body(ending)
    }
  }

  private func listenForGrowth(_ listens: Bool) {
    let growth = state.withLock { $0.growth }
    if listens { drain(growth) }
    _ = linux_poller_set(poller, Int32(LINUX_POLLER_CHANGE), growth, Self.growthToken, listens, false)
  }

  private func drain(_ descriptor: Int32) {
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while unsafe buffer.withUnsafeMutableBytes({ unsafe read(descriptor, $0.baseAddress, $0.count) }) > 0 {}
  }

  private func trimAll() {
    for (path, file) in state.withLock({ $0.files }) {
      GrowingFile.trim(path, to: file.limit)
      file.grew?()
    }
  }
}
