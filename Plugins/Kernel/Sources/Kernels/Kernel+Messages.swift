// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK

// What the kernel says.
extension Kernel {
  /// So many messages of a flood are taken until those who follow its run hear of it.
  private static let mostInSilence = 64

  /// Hears a link, on its thread. What comes alone is dealt with there, at once; what comes as a flood waits for `listen`, so that the thread
  /// reads on.
  nonisolated func hear(_ event: LinkEvent, for inbox: Inbox, _ generation: Int) {
    guard case .quiet = event else { return inbox.put(event) }
    guard inbox.hasLittle else { return }
    let isDone: Void? = atOnce { kernel in
      if let events = inbox.takeLittle() { kernel.take(events, generation) }
    }
    if isDone == nil { inbox.tell() }
  }

  /// Takes what a link brings in floods until the inbox is closed. On the actor from end to end: no message waits for a change of tasks.
  func listen(to inbox: Inbox, _ generation: Int) async {
    for await _ in inbox.signals { await takeAll(of: inbox, generation) }
    await takeAll(of: inbox, generation)
  }

  private func takeAll(of inbox: Inbox, _ generation: Int) async {
    while let events = inbox.take() {
      take(events, generation)
      // Others want something of this kernel while it floods, too.
      if events.count > Self.mostInSilence { await Task.yield() }
    }
  }

  /// Takes what a link brought, in order. Who follows a run is woken once for all of it.
  private func take(_ events: [LinkEvent], _ generation: Int) {
    defer { announceLogs() }
    for (index, event) in events.enumerated() where generation == self.generation {
      if index % Self.mostInSilence == 0 { announceLogs() }
      switch event {
      case .message(let message): takeInSilence(message)
      case .refused(let why): services.warning("message of a kernel refused", ["kernel": id, "reason": why])
      case .disconnected(let why):
        // In a change that is no news, and would hide it; the sockets of a dead process break after its end.
        if !isChanging, status != .dead { set(.disconnected, reason: why) }
      case .reconnected: reconnect()
      case .truncated(let what): truncate(what)
      case .restarted: begunByOthers()
      case .lost(let why):
        own { kernel in await kernel.lose(why, generation) }
      case .quiet: break
      }
    }
  }

  private func takeInSilence(_ message: KernelMessage) {
    isTaking = true
    take(message)
    isTaking = false
  }

  private func reconnect() {
    guard status == .disconnected else { return }
    status = .idle
    settle()
    tell()
    pump()
  }

  /// Somebody else began the kernel again at the same place: nothing of before is left.
  private func begunByOthers() {
    guard !isChanging else { return }
    abortAll(because: "the kernel was restarted by somebody else", status: .lost)
    (comms, subshell, executionCount) = ([:], .untried, 0)
    settle()
    tell()
  }

  private func truncate(_ what: String) {
    guard let run = active?.run else { return }
    note("truncated", .object(["note": .string(what)]), of: run)
  }

  private func lose(_ why: String, _ generation: Int) async {
    killReason = killReason ?? why
    await ended(KernelEnd(), generation)
  }

  private func take(_ message: KernelMessage) {
    for observer in observers.values { observer(message) }
    guard let header = message.messageHeader else { return }
    let parent = message.parent?.id
    switch message.channel {
    case .iopub: published(message, header, parent)
    case .shell, .control: replied(message, header, parent)
    case .stdin: asked(message, header, parent)
    }
  }

  // MARK: - Replies

  private func replied(_ message: KernelMessage, _ header: MessageHeader, _ parent: String?) {
    guard let parent else { return }
    if let continuation = pending.removeValue(forKey: parent) { return continuation.resume(returning: message) }
    guard var run = active, run.message == parent, header.type == "execute_reply" else { return }
    run.timings.reply = Self.now
    run.hasReplied = true
    read(message, into: &run)
    active = run
    // Now, not when it is done: what is ordered after this reply was seen is another matter.
    stopBatch(of: run)
    if run.isDone { finishSoon(run) }
  }

  private func read(_ message: KernelMessage, into run: inout ActiveRun) {
    guard let content = try? JSONValue(parsing: message.contentJSON) else {
      run.reason = "the kernel's reply is no JSON"
      return
    }
    if let count = content["execution_count"]?.intValue {
      run.executionCount = count
      executionCount = max(executionCount, count)
    }
    switch content["status"]?.stringValue {
    case "error":
      run.status = .error
      let (name, value) = (content["ename"]?.stringValue ?? "error", content["evalue"]?.stringValue ?? "")
      run.reason = value.isEmpty ? name : "\(name): \(value)"
    case "abort", "aborted":
      run.status = .aborted
      run.reason = "the kernel aborted it"
    default: run.status = run.status ?? .ok
    }
    for payload in content["payload"]?.arrayValue ?? [] { tell(payload, of: run.run) }
    if let values = content["user_expressions"], values.objectValue?.isEmpty == false { note("user_expressions", values, of: run.run) }
  }

  /// Pagers and the like: deprecated, alive.
  private func tell(_ payload: JSONValue, of run: QueuedRun) {
    switch payload["source"]?.stringValue {
    case "page":
      note("display_data", .object(["data": payload["data"] ?? [:], "metadata": [:], "transient": [:]]), of: run)
    case "set_next_input":
      note("set_next_input", .object(["text": payload["text"] ?? "", "replace": payload["replace"] ?? false]), of: run)
    default: break
    }
  }

  // MARK: - Published

  private func published(_ message: KernelMessage, _ header: MessageHeader, _ parent: String?) {
    switch header.type {
    case "status": state(message, parent)
    case "comm_open", "comm_msg", "comm_close": comm(message, header.type)
    case "stream", "display_data", "update_display_data", "execute_result", "error", "clear_output": output(message, header.type, parent)
    case "execute_input": input(message, parent)
    default: break
    }
  }

  private func state(_ message: KernelMessage, _ parent: String?) {
    let state = (try? JSONValue(parsing: message.contentJSON))?["execution_state"]?.stringValue
    guard let parent, !parent.isEmpty else { return serverSaid(state) }
    if var run = active, run.message == parent {
      if state == "busy" { run.timings.busy = run.timings.busy ?? Self.now }
      if state == "idle" {
        run.timings.idle = Self.now
        run.isIdle = true
      }
      active = run
      if run.isDone { finishSoon(run) }
      return
    }
    guard message.parent?.type == "execute_request", message.parent?.session != session else { return }
    if state == "busy", foreign.count < Self.mostForeign { foreign.insert(parent) }
    if state == "idle", foreign.remove(parent) != nil {
      lastActivity = Self.now
      services.news(.ran(kernel: id))
    }
    settle()
  }

  /// Beyond that they are not other programs' runs, but a kernel that writes nonsense.
  private static let mostForeign = 1_000

  /// A server's own words about a kernel it runs.
  private func serverSaid(_ state: String?) {
    guard !isChanging else { return }
    if state == "restarting" { abortAll(because: "the server restarted the kernel", status: .lost) }
  }

  private func output(_ message: KernelMessage, _ type: String, _ parent: String?) {
    guard let run = owner(of: parent) else { return tellForeign(message, type, parent) }
    if active?.message == parent, active?.timings.firstOutput == nil { active?.timings.firstOutput = Self.now }
    if active?.message == parent { active?.lastHeard = Self.now }
    sawBegin(of: parent)
    note(type, message.contentJSON, buffers: message.buffers, of: run)
  }

  /// For whoever interrupts: ipykernel says that it is busy a moment before it can be interrupted.
  private func sawBegin(of parent: String?) {
    guard let run = active, run.message == parent, !run.hasBegun else { return }
    active?.hasBegun = true
    turns.announce()
  }

  private func input(_ message: KernelMessage, _ parent: String?) {
    let content = message.contentJSON
    if let count = (try? JSONValue(parsing: content))?["execution_count"]?.intValue { executionCount = max(executionCount, count) }
    guard let run = owner(of: parent) else { return tellForeign(message, "execute_input", parent) }
    sawBegin(of: parent)
    if active?.message == parent, let count = (try? JSONValue(parsing: content))?["execution_count"]?.intValue {
      active?.executionCount = count
    }
    note("execute_input", content, of: run)
  }

  /// The run a message belongs to, also when that has ended: threads go on printing.
  private func owner(of parent: String?) -> QueuedRun? {
    guard let parent else { return nil }
    if let active, active.message == parent { return active.run }
    return lately.last { $0.message == parent }?.run
  }

  /// Another program's run on the same kernel.
  private func tellForeign(_ message: KernelMessage, _ type: String, _ parent: String?) {
    guard let parent, pending[parent] == nil, message.parent?.session != session else { return }
    let event = RunEvent(sequence: 0, time: Self.now, type: type, content: message.contentJSON)
    guard event.content.count <= RunEvent.mostBytes else { return }
    services.news(.output(kernel: id, chunk: event.chunk(run: "foreign-\(Self.tame(parent))")))
  }

  /// Ids come from outside and go into JSON as they are.
  private static func tame(_ id: String) -> String {
    String(
      id.unicodeScalars.filter { $0.isASCII && ($0 == "-" || $0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil) }
        .prefix(80).map(Character.init))
  }

  // MARK: - Input

  private func asked(_ message: KernelMessage, _ header: MessageHeader, _ parent: String?) {
    guard header.type == "input_request", let run = active, run.message == parent else { return }
    guard run.run.options.allowsInput else { return refuseInput() }
    let content = (try? JSONValue(parsing: message.contentJSON)) ?? .null
    let (prompt, isPassword) = (content["prompt"]?.stringValue ?? "", content["password"]?.boolValue ?? false)
    active?.asksSince = Self.now
    note("input_request", .object(["prompt": .string(prompt), "password": .bool(isPassword)]), of: run.run)
    services.news(.input(kernel: id, run: run.run.description, prompt: prompt, isPassword: isPassword))
  }

  /// Answers code that asks for input; text "\u{4}" is the end of input.
  func answer(_ run: String, with text: String) throws {
    guard let asking = active, asking.run.description.id == run, asking.asksSince != nil, let link else {
      throw failure("cannot give input to run '\(run)': it does not ask for any", code: "not_asking", status: .invalid)
    }
    active?.asksSince = nil
    try link.send(Self.input(text, session))
  }

  /// IRkernel asks although it was told that nobody answers, and then waits for ever, deaf to interrupts: it is told "".
  private func refuseInput() { try? link?.send(Self.input("", session)) }

  private static func input(_ text: String, _ session: String) -> KernelMessage {
    let content = JSONValue.object(["status": "ok", "value": .string(text)])
    return .request("input_reply", session: session, content: content.bytes(), channel: .stdin)
  }

  // MARK: - Comms

  private func comm(_ message: KernelMessage, _ type: String) {
    let text = message.contentJSON
    guard let content = try? JSONValue(parsing: text), let comm = content["comm_id"]?.stringValue else { return }
    switch type {
    case "comm_open" where comms.count < CommState.most || comms[comm] != nil:
      comms[comm] = CommState(target: content["target_name"]?.stringValue ?? "")
      comms[comm]?.merge(Self.state(in: content), bytes: text.count)
    case "comm_close": comms[comm] = nil
    case "comm_msg": comms[comm]?.merge(Self.state(in: content), bytes: text.count)
    default: break
    }
    services.news(.comm(kernel: id, type: type, content: text, buffers: message.buffers))
  }

  private static func state(in content: JSONValue) -> [String: JSONValue] { content["data"]?["state"]?.objectValue ?? [:] }
}
