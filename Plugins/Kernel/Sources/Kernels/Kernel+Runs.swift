// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK

// Who runs what, and when.
extension Kernel {
  /// Puts runs into the queue, in order.
  func run(_ runs: [QueuedRun]) throws {
    guard status != .dead || isToBeginAgain, status != .terminating else {
      throw failure(
        "cannot run code on kernel '\(id)': \(reason ?? "it is \(status.rawValue)"); restart it, or run in another", code: "kernel_dead",
        status: .gone)
    }
    for run in runs {
      queue.append(run)
      services.recorder.began(run.description)
      note("queued", .object(["position": .integer(Int64(queue.waiting.count - 1))]), of: run)
    }
    pump()
    tell()
  }

  /// Takes a waiting run out, or interrupts it when it runs. False when it is not here any more.
  func cancel(_ id: String) async throws -> Bool {
    if let run = queue.remove(id) {
      abort(run, because: "it was cancelled before it began", status: .aborted)
      tell()
      return true
    }
    guard active?.run.description.id == id else { return false }
    _ = try await interrupt()
    return true
  }

  /// Makes a waiting run the next; false when it does not wait.
  func runNext(_ id: String) -> Bool {
    defer { tell() }
    return queue.runNext(id)
  }

  /// Holds the queue or lets it go. What runs goes on.
  func setPaused(_ isPaused: Bool) {
    queue.isPaused = isPaused
    pump()
    tell()
  }

  /// Ends what waits; of one batch, or all.
  func dropWaiting(ofBatch batch: String? = nil, because why: String) {
    for run in queue.removeAll(ofBatch: batch) { abort(run, because: why, status: .aborted) }
  }

  /// Sends the next run when nothing runs.
  func pump() {
    guard active == nil, !isChanging, [.idle, .busy].contains(status), let link, let run = queue.takeNext() else { return }
    let message = run.request?.messageHeader?.id ?? FreshID.make()
    var timings = RunTimings(queued: run.description.queued)
    timings.sent = Self.now
    active = ActiveRun(run: run, message: message, timings: timings)
    lastActivity = Self.now
    note("started", .object([:]), of: run)
    do {
      try link.send(run.request ?? request(for: run, id: message))
      set(.busy)
    } catch {
      active?.status = .lost
      active?.reason = "cannot send the code to the kernel: \(error)"
      if let run = active { finish(run) }
    }
  }

  private func request(for run: QueuedRun, id: String) -> KernelMessage {
    .request("execute_request", id: id, session: session, content: Self.content(of: run), metadata: run.options.metadata)
  }

  private static func content(of run: QueuedRun) -> [UInt8] {
    let options = run.options
    var text = Array(#"{"code":"#.utf8)
    text += JSONValue.string(run.description.code).bytes()
    text += #","silent":\#(options.isSilent),"store_history":\#(options.storesHistory),"allow_stdin":\#(options.allowsInput),"#.utf8
    text += #""stop_on_error":false,"user_expressions":"#.utf8
    text += options.userExpressions
    text.append(UInt8(ascii: "}"))
    return text
  }

  // MARK: - What becomes of them

  /// Adds something to a run's events: to its log, its result, and the plugin's news.
  func note(_ type: String, _ content: [UInt8], buffers: [[UInt8]] = [], of run: QueuedRun) {
    let first = RunEvent(sequence: run.log.count, time: Self.now, type: type, content: content, buffers: buffers)
    RunEvent.forEachPiece(of: content, type: type) { piece in
      var event = first
      event.sequence = run.log.count
      event.content = piece
      let chunk = event.chunk(run: run.description.id)
      append(chunk, to: run.log)
      services.news(.output(kernel: id, chunk: chunk))
    }
    services.recorder.happened(first, in: run.description)
  }

  private func append(_ chunk: [UInt8], to log: RunLog) {
    log.append(chunk, announces: !isTaking)
    if isTaking, unannounced.last !== log { unannounced.append(log) }
  }

  /// Tells those who follow runs that there is more.
  func announceLogs() {
    for log in unannounced { log.announce() }
    unannounced.removeAll(keepingCapacity: true)
  }

  func note(_ type: String, _ content: JSONValue, of run: QueuedRun) { note(type, content.bytes(), of: run) }

  func abort(_ run: QueuedRun, because why: String, status: RunEnding.Status) {
    let ending = RunEnding(
      status: status, executionCount: nil, reason: why, timings: RunTimings(queued: run.description.queued))
    conclude(run, ending)
    if let abandoned = run.abandoned { own { _ in await abandoned() } }
  }

  /// Ends a run that was sent.
  func finish(_ run: ActiveRun) {
    if active?.message == run.message { active = nil }
    lately.append((run.message, run.run))
    if lately.count > 64 { lately.removeFirst() }
    let ending = RunEnding(
      status: run.status ?? .ok, executionCount: run.executionCount, reason: run.reason, timings: run.timings)
    conclude(run.run, ending)
    if !run.hasReplied, let abandoned = run.run.abandoned { own { _ in await abandoned() } }
    lastActivity = Self.now
    if !run.hasReplied { stopBatch(of: run) }
    services.news(.ran(kernel: id))
    settle()
    pump()
    tell()
  }

  /// Ends what waits behind a run that failed in the same order.
  func stopBatch(of run: ActiveRun) {
    guard let status = run.status, status != .ok, run.run.stopsBatchOnError else { return }
    dropWaiting(ofBatch: run.run.batch, because: "a block before it in the same order \(status == .error ? "failed" : "did not end")")
  }

  private func conclude(_ run: QueuedRun, _ ending: RunEnding) {
    note("ended", ending.content, of: run)
    run.log.end(with: ending)
    services.recorder.ended(run.description, with: ending)
  }

  /// Ends runs whose last word got lost, and lets what waits too long for input go. Called every second.
  func tick() {
    idleSeconds = status == .idle && queue.waiting.isEmpty ? idleSeconds + 1 : 0
    guard var run = active else { return }
    let now = Self.now
    if run.hasReplied, !run.isIdle, let reply = run.timings.reply, now - max(reply, run.lastHeard) > 10 {
      run.reason = run.reason ?? "the kernel replied, but never said that it is idle again"
      finish(run)
    } else if run.isIdle, !run.hasReplied, let idle = run.timings.idle, now - max(idle, run.lastHeard) > 10 {
      run.status = run.status ?? .ok
      run.reason = run.reason ?? "the kernel became idle, but never replied"
      finish(run)
    } else if let asks = run.asksSince, services.settings.inputLimit > 0, now - asks > services.settings.inputLimit {
      active?.asksSince = nil
      own { kernel in _ = try? await kernel.interrupt() }
    }
  }
}
