// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK

/// A hosted kernel for front ends that know nothing of this host: they connect as to any kernel, and share it.
///
/// What they ask goes to the kernel as they wrote it, so what the kernel answers is what they expect. Only `execute_request` waits in the host's
/// queue with everybody else's, an interrupt is the host's, and a shutdown ends the proxy.
actor KernelProxy {
  private enum News: Sendable {
    case asked(ProxyRequest)
    case said(KernelMessage)
    case died(String)
  }

  private let kernel: Kernel
  private let runs: RunTable
  private let door: ProxyDoor
  private let news: AsyncStream<News>
  private let teller: AsyncStream<News>.Continuation
  private let session: String
  /// Front ends that wait for a reply, by the id of their request.
  private var asking: [String: ProxyRequest] = [:]
  /// Front ends whose code runs, for its questions.
  private var running: [String: ProxyRequest] = [:]

  /// Binds the addresses of a connection file.
  init(
    _ kernel: Kernel, at connection: ConnectionInfo, runs: RunTable, patience: Duration = .seconds(3),
    refused: @escaping @Sendable (String) -> Void
  ) async throws {
    self.kernel = kernel
    self.runs = runs
    let session = FreshID.make()
    self.session = session
    let (news, teller) = AsyncStream<News>.makeStream()
    (self.news, self.teller) = (news, teller)
    door = try await ProxyDoor(connection, session: session, patience: patience, receive: { teller.yield(.asked($0)) }, refused: refused)
  }

  /// Relays until a front end asks for a shutdown, the kernel dies, or the task is cancelled.
  ///
  /// - Returns: Whether a shutdown was asked for.
  /// - Throws: When the kernel died: a front end sees it by the end of the process that it began.
  func run() async throws -> Bool {
    let observer = await kernel.observe { [teller] in teller.yield(.said($0)) }
    let watch = Task { [kernel, teller] in
      if let why = try? await kernel.death() { teller.yield(.died(why)) }
    }
    var isAskedToEnd = false
    var death: String?
    for await one in news {
      switch one {
      case .said(let message): relay(message)
      case .asked(let request): isAskedToEnd = await take(request)
      case .died(let why): death = why
      }
      if isAskedToEnd || death != nil { break }
    }
    watch.cancel()
    await kernel.stopObserving(observer)
    door.close()
    if let death { throw PluginFailure("kernel '\(kernel.id)' can be used no more: \(death)", code: "kernel_dead", status: .gone) }
    return isAskedToEnd
  }

  // MARK: - To front ends

  private func relay(_ message: KernelMessage) {
    guard let parent = message.parent?.id else {
      if message.channel == .iopub { door.publish(message) }
      return
    }
    switch message.channel {
    case .iopub: door.publish(message)
    case .shell, .control:
      running[parent] = nil
      if let request = asking.removeValue(forKey: parent) { door.send(message, to: request.sender) }
    case .stdin:
      if let request = running[parent] { door.send(message, to: request.sender) }
    }
  }

  // MARK: - From front ends

  /// - Returns: Whether that was the last one.
  private func take(_ request: ProxyRequest) async -> Bool {
    guard let header = request.message.messageHeader else { return false }
    switch header.type {
    case "shutdown_request":
      answer(request, header, ["status": "ok", "restart": .bool(Self.wantsRestart(request))])
      return true
    case "interrupt_request":
      let kernel = kernel
      Task { _ = try? await kernel.interrupt() }
      answer(request, header, ["status": "ok"])
    case "execute_request": await execute(request, header)
    default: await pass(request, header)
    }
    return false
  }

  private static func wantsRestart(_ request: ProxyRequest) -> Bool {
    (try? JSONValue(parsing: request.message.content))?["restart"]?.boolValue ?? false
  }

  /// Questions that kernels do not answer pile up.
  private static let mostAsking = 10_000

  private func pass(_ request: ProxyRequest, _ header: MessageHeader) async {
    // A comm's messages have no reply.
    if !header.type.hasPrefix("comm_") || header.type == "comm_info_request", asking.count < Self.mostAsking {
      asking[header.id] = request
    }
    do {
      try await kernel.relay(request.message)
    } catch {
      asking[header.id] = nil
      fail(request, header, "\(error)")
    }
  }

  private func execute(_ request: ProxyRequest, _ header: MessageHeader) async {
    guard var content = try? JSONValue(parsing: request.message.content), let code = content["code"]?.stringValue else {
      return fail(request, header, "the request has no 'code'")
    }
    let stops = content["stop_on_error"]?.boolValue ?? true
    // The host ends what waits after an error; the kernel must not, for others wait there as well.
    content["stop_on_error"] = false
    var message = request.message
    message.content = content.bytes()
    let run = RunDescription(
      id: FreshID.make(), kernel: kernel.id, code: code, source: code, client: "front end \(header.session)",
      queued: Date.now.timeIntervalSince1970, keepsResult: false)
    let log = runs.log(for: run)
    let queued = QueuedRun(
      description: run, log: log, batch: header.session, stopsBatchOnError: stops, request: message,
      abandoned: { [weak self] in await self?.end(header, log.ending) })
    asking[header.id] = request
    running[header.id] = request
    do {
      try await kernel.run([queued])
    } catch {
      runs.forget([queued])
      (asking[header.id], running[header.id]) = (nil, nil)
      fail(request, header, "\(error)")
    }
  }

  /// The kernel will not reply: the reply is ours, as a kernel's would be. A kernel that is dead for good has none, here as anywhere: front ends
  /// see its death by the end of the process they began, and some take any reply for its own.
  private func end(_ header: MessageHeader, _ ending: RunEnding?) async {
    let isGone = await kernel.isGone
    guard let request = asking.removeValue(forKey: header.id), !isGone else { return }
    if ending?.status == .lost { return lose(request, header, ending?.reason ?? "the kernel is gone") }
    running[header.id] = nil
    // Idle without a reply: what it did, it did.
    answer(request, header, ["status": ending?.status == .ok ? "ok" : "aborted", "execution_count": 0])
  }

  /// What its code would have printed of an error is the reason here: front ends show that, and not the reply.
  private func lose(_ request: ProxyRequest, _ header: MessageHeader, _ why: String) {
    let error: [String: JSONValue] = ["ename": "DeadKernelError", "evalue": .string(why), "traceback": [.string(why)]]
    if running.removeValue(forKey: header.id) != nil {
      door.publish(
        .request("error", session: session, content: JSONValue.object(error).bytes(), channel: .iopub, parent: request.message.header))
    }
    answer(request, header, .object(error.merging(["status": "error", "execution_count": 0]) { $1 }))
  }

  private func fail(_ request: ProxyRequest, _ header: MessageHeader, _ reason: String) {
    answer(request, header, ["status": "error", "ename": "KernelError", "evalue": .string(reason), "traceback": [.string(reason)]])
  }

  /// A reply of the host's own, between busy and idle.
  private func answer(_ request: ProxyRequest, _ header: MessageHeader, _ content: JSONValue) {
    let type = header.type.replacing("_request", with: "_reply")
    publishStatus("busy", request)
    door.send(
      .request(type, session: session, content: content.bytes(), channel: request.message.channel, parent: request.message.header),
      to: request.sender)
    publishStatus("idle", request)
  }

  private func publishStatus(_ state: String, _ request: ProxyRequest) {
    let content = JSONValue.object(["execution_state": .string(state)]).bytes()
    door.publish(.request("status", session: session, content: content, channel: .iopub, parent: request.message.header))
  }
}
