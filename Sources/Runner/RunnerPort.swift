// SPDX-License-Identifier: Apache-2.0
// The port of an instance that lives in a process of its own. What a plugin asks for is answered from what this side knows (credit,
// windows, which calls are open) and sent on. Reading the line is in RunnerPort+Reading.
import PluginBridge
import Synchronization

final class RunnerPort: InstancePort {
  let inbox: InstanceInbox
  let writer: FrameWriter
  let calls = RunnerCalls()
  let windows = PublishWindows()
  let subscriptions: [RunnerEvents]
  /// Held by whoever reads: mostly the instance's thread itself, which saves a change of threads a call.
  let reader: Mutex<FrameReader>
  /// Whether only the watching thread reads, because the plugin is entered by several.
  let readsAlone: Bool
  let watcher = Watcher()
  private let instance = Mutex<PluginInstance?>(nil)

  init(inbox: InstanceInbox, writer: FrameWriter, reader: FrameReader, subscriptions: Int, readsAlone: Bool) {
    self.inbox = inbox
    self.writer = writer
    self.reader = Mutex(reader)
    self.subscriptions = (0..<subscriptions).map { RunnerEvents(index: $0, writer: writer) }
    self.readsAlone = readsAlone
  }

  func attach(_ instance: PluginInstance) { self.instance.withLock { $0 = instance } }
  var attached: PluginInstance? { instance.withLock { $0 } }

  // MARK: Calls that the instance answers

  func status(of call: CallID) -> CallStatus { calls[call]?.status ?? .gone }

  func emit(_ call: CallID, content: Content, chunk: UnsafeRawBufferPointer) -> CallStatus {
    guard let open = calls[call] else { return .gone }
    let status = open.takeCredit()
    if status == .ok { unsafe writer.send(Frame(.emit, call: call, content: content), payload: chunk) }
    return status
  }

  func progress(_ call: CallID, partsPerMillion: UInt32, note: String) -> CallStatus {
    guard let open = calls[call] else { return .gone }
    let (status, isDue) = open.progress(at: MonotonicClock.now())
    if isDue { writer.send(Frame(.progress, call: call, a: UInt64(partsPerMillion), name: note)) }
    return status
  }

  func finish(_ call: CallID, status: CallStatus, content: Content, result: UnsafeRawBufferPointer) -> CallStatus {
    let (ended, _) = end(call, status)
    if ended == .ok { unsafe writer.send(Frame(.finish, call: call, a: Frame.bits(status), content: content), payload: result) }
    return ended
  }

  func fail(_ call: CallID, _ status: CallStatus, _ sentence: (String) -> String) -> CallStatus {
    let (ended, command) = end(call, status)
    if ended == .ok {
      var frame = Frame(.finish, call: call, a: Frame.bits(status))
      frame.payload = CallFailure.payload(status, sentence(command))
      writer.send(frame)
    }
    return ended
  }

  /// Takes a call off the books. Gone: it had ended before.
  private func end(_ call: CallID, _ status: CallStatus) -> (CallStatus, command: String) {
    guard let open = calls.remove(call) else { return (.gone, "") }
    if open.end(status) { return (.ok, open.commandName) }
    writer.send(Frame(.forget, call: call))
    return (.gone, open.commandName)
  }

  func forget(_ call: CallID) {
    if calls.remove(call) != nil { writer.send(Frame(.forget, call: call)) }
  }

  // MARK: Calls that the instance makes

  func start(_ request: CallRequest, willStart: (CallID) -> Void) {
    let id = calls.make()
    willStart(id)
    var frame = Frame(
      .start, call: id, a: request.parent, b: request.deadline, c: request.credit, content: request.content, name: request.command)
    frame.payload = request.payload
    writer.send(frame)
  }

  func grant(_ call: CallID, chunks: UInt64) -> CallStatus {
    guard calls.isMade(call) else { return .gone }
    writer.send(Frame(.grant, call: call, a: chunks))
    return .ok
  }

  func cancel(_ call: CallID) -> CallStatus {
    guard calls.isMade(call) else { return .gone }
    writer.send(Frame(.cancel, call: call))
    return .ok
  }

  // MARK: Topics

  func openTopic(_ name: String) -> UInt64? {
    guard let (id, isNew) = windows.open(name) else { return nil }
    if isNew { writer.send(Frame(.openTopic, a: id, name: name)) }
    return id
  }

  func publish(_ topic: UInt64, content: Content, payload: UnsafeRawBufferPointer) -> CallStatus {
    let status = windows.take(topic, bytes: payload.count)
    if status == .ok { unsafe writer.send(Frame(.publish, a: topic, content: content), payload: payload) }
    return status
  }

  // MARK: The rest

  func log(_ level: LogLevel, _ message: String, _ values: [(String, String)]) {
    var frame = Frame(.log, a: UInt64(level.rawValue), name: message)
    frame.payload = LogValues.encoded(values)
    writer.send(frame)
  }

  func healthChanged(_ health: PluginHealth) { writer.send(Frame(.health, a: UInt64(health.level.rawValue), name: health.message)) }

  func nextWork(until deadline: UInt64?) -> InstanceWork? {
    while true {
      if let work = inbox.takeNow() { return work }
      // With a deadline the thread must not be held by the line; the watcher reads.
      guard deadline == nil, !readsAlone, readWork() else { return inbox.take(until: deadline) }
    }
  }
}
