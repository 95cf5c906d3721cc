// SPDX-License-Identifier: Apache-2.0
import DebugProtocol
import Glibc
import JSON
import PluginBridge

/// Stands between an editor and a debug adapter: what either says comes to the other byte for byte. What the adapter asks for a script is
/// asked of the host. One thread, which waits for all of them at once.
final class DapProxy {
  /// How long an adapter may take to end when it or the editor sent nonsense, and the editor to read the rest, in milliseconds.
  private static let graceMilliseconds: UInt64 = 5_000

  private let adapter: AdapterProcess
  private let host: DapHost
  private let say: (String) -> Void
  private let editorInput: Int32

  private var fromEditor = DapFramer()
  private var fromAdapter = DapFramer()
  private var toEditor: DapOutlet
  private var toAdapter: DapOutlet
  private var requests = DapRequests()
  private var isEditorDone = false
  private var isAdapterSilent = false
  private var isTerminated = false
  /// Set by nonsense: the exit status, whatever the adapter's.
  private var fault: Int32?
  /// When patience ends, once it has begun to.
  private var deadline: UInt64?
  private var isKilled = false

  /// - Parameters:
  ///   - input: Where the editor's messages come from; `output`: where they go to.
  ///   - say: Takes sentences for a person.
  init(_ adapter: AdapterProcess, host: DapHost, input: Int32, output: Int32, say: @escaping (String) -> Void) {
    self.adapter = adapter
    self.host = host
    self.say = say
    editorInput = input
    toEditor = DapOutlet(output)
    toAdapter = DapOutlet(adapter.input)
  }

  /// Lasts as long as the adapter.
  ///
  /// - Returns: The exit status.
  func run() -> Int32 {
    while true {
      if let ending = adapter.poll(), isDrained {
        host.close(ending)
        return fault ?? ending.exitStatus
      }
      turn()
    }
  }

  /// Whether nothing of the adapter is on its way any more. It has ended; what it began may hold its output open.
  private var isDrained: Bool {
    if deadline == nil { deadline = MonotonicClock.now() + Self.graceMilliseconds * 1_000_000 }
    let isMore = !isAdapterSilent && DapWait.ready(reading: [adapter.output], writing: [], milliseconds: 0).reading[0]
    return !isMore && toEditor.isEmpty || isOverdue
  }

  private var isOverdue: Bool { deadline.map { MonotonicClock.now() >= $0 } ?? false }

  // MARK: - One turn

  private func turn() {
    let ready = DapWait.ready(
      reading: [
        isEditorDone || toAdapter.isFull ? -1 : editorInput, isAdapterSilent || toEditor.isFull ? -1 : adapter.output,
        isTerminated ? -1 : Interrupt.descriptor, ChildSignal.descriptor, host.descriptor,
      ],
      writing: [toEditor.wanted, toAdapter.wanted], milliseconds: patience)
    if ready.reading[2] { forwardSignal() }
    if ready.reading[3] { ChildSignal.clear() }
    if ready.writing[0], !toEditor.writeSome() { loseEditor() }
    if ready.writing[1], !toAdapter.writeSome() { toAdapter.close() }
    if ready.reading[0] { readEditor() }
    if ready.reading[1] { readAdapter() }
    takeOutcomes()
    if isEditorDone, toAdapter.isOpen, toAdapter.isEmpty { toAdapter.close() }
    if isOverdue, !isKilled, adapter.poll() == nil {
      isKilled = true
      adapter.signal(SIGKILL)
    }
  }

  /// In milliseconds; -1 for ever.
  private var patience: Int32 {
    guard let deadline, !isKilled || adapter.poll() != nil else { return -1 }
    let now = MonotonicClock.now()
    return deadline > now ? Int32(clamping: (deadline - now) / 1_000_000 + 1) : 0
  }

  private func forwardSignal() {
    if Interrupt.take() {
      adapter.signal(SIGINT)
    } else if Interrupt.isTermination {
      isTerminated = true
      adapter.signal(SIGTERM)
    }
  }

  // MARK: - The editor's side

  private func readEditor() {
    switch DapInlet.read(editorInput) {
    case .nothing: break
    case .end:
      if fromEditor.isInMessage, !isEditorDone { say("the editor closed its side in the middle of a message, which is left out") }
      isEditorDone = true
    case .bytes(let bytes):
      fromEditor.append(bytes)
      do throws(DapFramingError) {
        while let frame = try fromEditor.next() { toAdapter.append(frame.bytes) }
      } catch {
        fail("cannot read what the editor sends: \(error); the debug session is ended")
      }
    }
  }

  /// The editor reads no more: the adapter is told as when it closes its side.
  private func loseEditor() {
    toEditor.abandon()
    isEditorDone = true
  }

  // MARK: - The adapter's side

  private func readAdapter() {
    switch DapInlet.read(adapter.output) {
    case .nothing: break
    case .end:
      if fromAdapter.isInMessage, fault == nil { say("the adapter closed its side in the middle of a message, which is left out") }
      isAdapterSilent = true
    case .bytes(let bytes):
      guard fault == nil else { return }
      fromAdapter.append(bytes)
      do throws(DapFramingError) {
        while let frame = try fromAdapter.next() { pass(frame) }
      } catch {
        fail("cannot read what the adapter sends: \(error); the debug session is ended")
      }
    }
  }

  private func pass(_ frame: DapFrame) {
    switch DapNotice(frame, isAwaitingResponse: requests.isAwaitingResponse) {
    case .question(let id, let type, let params): host.ask(id, type: type, params: params)
    case .operation(let operation):
      toEditor.append(frame.bytes)
      host.announce(operation)
    case .response(let seq): if !requests.close(seq) { toEditor.append(frame.bytes) }
    case nil: toEditor.append(frame.bytes)
    }
  }

  private func takeOutcomes() {
    for outcome in host.outcomes() {
      switch outcome.subject {
      case .question(let id): toAdapter.append(requests.answer(to: id, outcome.result).bytes)
      case .operation(let operation): settle(operation, outcome.result)
      }
    }
  }

  /// The answer of a `bridge.announce` holds the submit's own result or error.
  private func settle(_ operation: JSONValue, _ outcome: Result<JSONValue, DapRefusal>) {
    guard case .success(let submit) = outcome, let error = submit["error"]?.stringValue else {
      let result = outcome.map { $0["result"] ?? .null }
      return toAdapter.append(requests.submit(operation, result).bytes)
    }
    toAdapter.append(requests.submit(operation, .failure(DapRefusal(description: error))).bytes)
  }

  /// Ends the session: what comes of a stream that was misread means nothing.
  private func fail(_ sentence: String) {
    guard fault == nil else { return }
    say(sentence)
    fault = SystemExit.failed
    isEditorDone = true
    toAdapter.close()
    deadline = MonotonicClock.now() + Self.graceMilliseconds * 1_000_000
    adapter.signal(SIGTERM)
  }
}
