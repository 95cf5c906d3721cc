// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK
internal import Processes
internal import Synchronization

/// Finds out whose sockets the connections are and when those processes end, on a thread of its own.
final class PeerProbe: Sendable {
  /// What it found.
  enum Finding: Sendable {
    case found(PeerProcess, ConnectionID)
    case ended(pid_t)
  }

  fileprivate struct Question {
    var connection: ConnectionID
    var port: UInt16
  }

  fileprivate struct State {
    var questions: [Question] = []
    var isFinished = false
  }

  private let port: UInt16
  private let poller: Poller
  private let remember: @Sendable () -> Void
  private let onFinding: @Sendable (Finding) -> Void
  private let state = Mutex(State())
  private let thread = Mutex<OwnedThread?>(nil)

  /// - Parameters:
  ///   - port: That the connections lead to.
  ///   - remember: Called on the probe's thread, which may wait for a disk, after each `wake`.
  ///   - onFinding: Called on the probe's thread.
  init(port: UInt16, remember: @escaping @Sendable () -> Void, onFinding: @escaping @Sendable (Finding) -> Void) throws {
    self.port = port
    self.remember = remember
    self.onFinding = onFinding
    poller = try Poller()
  }

  /// Begins.
  func start() throws {
    let started = try OwnedThread.begin(name: "trainer-peers") { [self] in run() }
    thread.withLock { $0 = started }
  }

  /// Asks whose a connection is. Any thread; never blocks.
  func ask(_ connection: ConnectionID, peer: String) {
    guard let port = peer.split(separator: ":").last.flatMap({ UInt16($0) }) else { return }
    state.withLock { $0.questions.append(Question(connection: connection, port: port)) }
    poller.wake()
  }

  /// Has what is known of sessions written down. Any thread; never blocks.
  func wake() { poller.wake() }

  /// Ends the thread.
  func finish() {
    state.withLock { $0.isFinished = true }
    poller.wake()
    thread.withLock { $0.take() }?.join()
    remember()
  }

  private func run() {
    var watched: [pid_t: ProcessEnd] = [:]
    defer { for end in watched.values { end.close() } }
    while let questions = state.withLock({ $0.isFinished ? nil : $0.takeQuestions() }) {
      for question in questions {
        if let process = PeerProcess.find(port: question.port, ours: port) { tell(process, question.connection, &watched) }
      }
      remember()
      for ready in poller.wait() {
        let id = pid_t(truncatingIfNeeded: ready.token)
        guard let end = watched.removeValue(forKey: id) else { continue }
        poller.set([], was: .reading, for: end.descriptor, token: ready.token)
        end.close()
        onFinding(.ended(id))
      }
    }
  }

  private func tell(_ process: PeerProcess, _ connection: ConnectionID, _ watched: inout [pid_t: ProcessEnd]) {
    onFinding(.found(process, connection))
    guard watched[process.id] == nil else { return }
    guard let end = ProcessEnd(process.id) else { return onFinding(.ended(process.id)) }
    watched[process.id] = end
    poller.set(.reading, was: [], for: end.descriptor, token: UInt64(process.id))
  }
}

extension PeerProbe.State {
  fileprivate mutating func takeQuestions() -> [PeerProbe.Question] {
    defer { questions = [] }
    return questions
  }
}
