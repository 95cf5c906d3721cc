// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK

/// The commands that run code and follow what becomes of it.
struct CodeCommands: Sendable {
  let kernels: Kernels
  let runs: RunTable
  /// For reading documents: a disk may be slow.
  let work: BlockingWork
  /// When the run of an id was ordered, if a result of it is kept: Unix time in seconds.
  var kept: @Sendable (_ run: String) async -> Double? = { _ in nil }

  private struct RunInput: Decodable, Sendable {
    var run: String
    var from: Int?
  }

  private struct QueueInput: Decodable, Sendable {
    var kernel: String?
    var document: String?
    var drop: Bool?
  }

  var all: [Command] {
    [
      .prompt("code.run") { payload, call in
        let order: RunOrder = try payload.decode()
        if isPrompt(order) { return Payload(bytes: try await run(order, call).bytes()) }
        // A child task begins on the plugin's threads.
        async let answer = run(order, call)
        return Payload(bytes: try await answer.bytes())
      },
      .bytes("code.output") { payload, call in
        let input: RunInput = try payload.decode()
        let (run, log) = try await find(input.run)
        let position = try await follow(log, from: input.from ?? 0, call)
        return Payload(bytes: answer(run, log, next: position).bytes())
      },
      .bytes("code.cancel") { payload, _ in
        let input: RunInput = try payload.decode()
        let (run, log) = try runs.find(input.run)
        let wasOpen = log.ending == nil
        let isCancelled = wasOpen ? try await kernels.kernel(run.kernel).cancel(input.run) : false
        return Payload(bytes: JSONValue.object(["run": .string(input.run), "cancelled": .bool(isCancelled)]).bytes())
      },
      .bytes("code.next") { payload, _ in
        let input: RunInput = try payload.decode()
        let (run, _) = try runs.find(input.run)
        guard try await kernels.kernel(run.kernel).runNext(input.run) else {
          throw PluginFailure("cannot run '\(input.run)' next: it does not wait any more", code: "not_waiting", status: .invalid)
        }
        return .emptyObject
      },
      .bytes("code.queue") { payload, _ in Payload(bytes: try await queue(payload.decode()).bytes()) },
      .bytes("code.pause") { payload, _ in
        let input: QueueInput = try payload.decode()
        try await kernels.target(input.kernel, input.document).setPaused(true)
        return .emptyObject
      },
      .bytes("code.resume") { payload, _ in
        let input: QueueInput = try payload.decode()
        try await kernels.target(input.kernel, input.document).setPaused(false)
        return .emptyObject
      },
      .bytes("code.drop") { payload, _ in
        let input: QueueInput = try payload.decode()
        let kernel = try await kernels.target(input.kernel, input.document)
        let count = await kernel.queue.waiting.count
        await kernel.dropWaiting(because: "it was dropped from the queue")
        return Payload(bytes: JSONValue.object(["dropped": .integer(Int64(count))]).bytes())
      },
    ]
  }

  // MARK: - Running

  /// Whether it can be queued on the caller's thread: there is no file to be read, no block to be found and no kernel to be looked for.
  private func isPrompt(_ order: RunOrder) -> Bool {
    guard order.code != nil, order.document == nil, let kernel = order.kernel else { return false }
    return kernels.known(kernel) != nil
  }

  /// Of a document: a path's limit.
  private static let longestName = 4_096

  private func run(_ order: RunOrder, _ call: Call) async throws -> JSONValue {
    if let document = order.document, document.isEmpty || document.utf8.contains(0) || document.utf8.count > Self.longestName {
      throw PluginFailure("cannot use this 'document': a name has 1 to \(Self.longestName) bytes, none of them NUL", status: .invalid)
    }
    let choice = try RunChooser.choose(try await withText(order))
    let kernel = try await kernel(for: order, call)
    let batch = FreshID.make()
    let note = order.wishesOfKernel ? await kernel.note(of: order) : nil
    let queued = choice.pieces.map { queuedRun($0, order, kernel, batch) }
    do {
      // Who comes to a kernel at work waits for its turn.
      if try kernel.atOnce({ try $0.run(queued) }) == nil { try await kernel.run(queued) }
    } catch {
      runs.forget(queued)
      throw error
    }
    guard order.wait ?? true else { return summary(queued, kernel, choice.nextLine, note) }
    let isAnswered = Flag()
    do {
      for run in queued.dropLast() { _ = try await follow(run.log, from: 0, call) }
      if let last = queued.last {
        // By whoever ends it: this task need not be waited for.
        _ = try await follow(last.log, from: 0, call) {
          call.answer(Payload(bytes: summary(queued, kernel, choice.nextLine, note).bytes()))
          isAnswered.isRaised = true
        }
      }
      if isAnswered.isRaised { return .null }
    } catch {
      // Whoever ordered the runs has gone or given up; what they ordered goes with them. Not in this task: it is cancelled, and with it
      // would be the waiting for one way of interrupting after the other.
      kernel.own { kernel in
        for run in queued.reversed() where run.log.ending == nil { _ = try? await kernel.cancel(run.description.id) }
      }
      throw error
    }
    return summary(queued, kernel, choice.nextLine, note)
  }

  /// With what stands in its document, where that is needed and the order does not say it.
  private func withText(_ order: RunOrder) async throws -> RunOrder {
    guard order.code == nil, order.text == nil, let path = order.document else { return order }
    var order = order
    order.text = try await work.run { try SourceFile.read(path) }
    return order
  }

  private func kernel(for order: RunOrder, _ call: Call) async throws -> Kernel {
    if let id = order.kernel {
      let kernel = if let known = kernels.known(id) { known } else { try await kernels.kernel(id) }
      if let document = order.document { await kernels.bind(document, to: kernel) }
      return kernel
    }
    guard let document = order.document else {
      await kernels.settled()
      // One is meant, several are a question, none is begun.
      guard await kernels.inOrder.isEmpty else { return try await kernels.target(nil, nil) }
      return try await kernels.start(kernelOrder(order), provider: order.provider)
    }
    if let kernel = await kernels.kernel(of: document) { return kernel }
    call.progress(0, "starting a kernel for \(document)")
    return try await kernels.kernel(for: document, order: kernelOrder(order), provider: order.provider)
  }

  private func kernelOrder(_ order: RunOrder) -> KernelOrder {
    KernelOrder(
      spec: order.spec, interpreter: order.interpreter, workingDirectory: order.working_directory, document: order.document,
      install: order.install ?? false, overlay: order.overlay ?? false,
      outlivesHost: kernels.services.settings.outliveHost ?? true)
  }

  private func queuedRun(_ piece: ChosenCode, _ order: RunOrder, _ kernel: Kernel, _ batch: String) -> QueuedRun {
    let run = RunDescription(
      id: FreshID.make(), kernel: kernel.id, document: order.document, lines: piece.lines, code: piece.code,
      source: piece.source, client: order.client ?? "client", queued: Date.now.timeIntervalSince1970, keepsResult: order.document != nil)
    return QueuedRun(
      description: run, log: runs.log(for: run), options: order.options, batch: batch, stopsBatchOnError: order.stop_on_error ?? true)
  }

  private func summary(_ queued: [QueuedRun], _ kernel: Kernel, _ nextLine: Int?, _ note: String?) -> JSONValue {
    var members: [String: JSONValue] = [
      "kernel": .string(kernel.id), "runs": .array(queued.map { answer($0.description, $0.log, next: $0.log.count) }),
    ]
    if let nextLine { members["next_line"] = .integer(Int64(nextLine)) }
    if let note { members["note"] = .string(note) }
    return .object(members)
  }

  private func answer(_ run: RunDescription, _ log: RunLog, next: Int) -> JSONValue {
    var value = run.value
    for (name, member) in log.ending?.content.objectValue ?? ["status": "waiting"] { value[name] = member }
    value["next"] = .integer(Int64(next))
    return value
  }

  // MARK: - Following

  /// A run that can be followed; of one that cannot be any more, where it is read is said.
  func find(_ id: String) async throws -> (run: RunDescription, log: RunLog) {
    do { return try runs.find(id) } catch {
      guard let ordered = await kept(id) else { throw error }
      let reason = ordered < runs.began ? "it is of before the host was started" : "only the latest \(RunTable.most) that ended can be"
      throw PluginFailure(
        "cannot follow run '\(id)' any more: \(reason); what is kept of it is read with results.get", code: "no_run", status: .notFound)
    }
  }

  /// Streams a run's events to its end, as fast as the caller takes them.
  ///
  /// - Returns: The number of the next event.
  private func follow(_ log: RunLog, from first: Int, _ call: Call, ended: @escaping @Sendable () -> Void = {}) async throws -> Int {
    try await log.follow(from: first, offer: { call.tryEmit(bytes: $0) }, emit: { try await call.emit(bytes: $0) }, ended: ended)
  }

  private func queue(_ input: QueueInput) async throws -> JSONValue {
    let kernel = try await kernels.target(input.kernel, input.document)
    var members: [String: JSONValue] = [
      "kernel": .string(kernel.id), "paused": .bool(await kernel.queue.isPaused),
      "waiting": .array(await kernel.queue.order.map { $0.description.value }),
    ]
    if let running = await kernel.active?.run.description { members["running"] = running.value }
    return .object(members)
  }
}
