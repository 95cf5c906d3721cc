// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import JSON
internal import PluginSDK
internal import Synchronization

/// Knows who is attached, and brings the questions of scripts to them.
final class FrontDesk: FrontAsking {
  /// Publishes an event.
  typealias Publish = @Sendable (_ topic: String, _ event: JSONValue) -> Void

  private struct State {
    var fronts: [String: Front] = [:]
    var open: [Int: OpenQuestion] = [:]
    var lastQuestion = 0
    var uses: UInt64 = 0
    var isStopped = false
  }

  private enum Placement {
    case placed(OpenQuestion)
    /// No front does this.
    case nobody
    case refused(String)
  }

  private let settings: FrontSettings
  private let publish: Publish
  private let state = Mutex(State())

  init(settings: FrontSettings = FrontSettings(), publish: @escaping Publish) {
    self.settings = settings
    self.publish = publish
  }

  // MARK: - Who is attached

  /// - Throws: `PluginFailure` when there are too many, or the host stops.
  func attach(_ introduction: Front.Introduction) throws -> Front {
    let id = "f-" + (try RandomBytes.hexadecimal(8))
    let result: Result<Front, PluginFailure> = state.withLock { state in
      guard !state.isStopped else { return .failure(Self.stopping) }
      guard state.fronts.count < settings.most else { return .failure(tooMany) }
      state.uses += 1
      let front = Front(
        id: id, name: Self.freeName(introduction.name, state), introduction: introduction, line: FrontLine(settings: settings),
        attached: AuditClock.now, used: state.uses)
      state.fronts[id] = front
      return .success(front)
    }
    let front = try result.get()
    front.line.greet(JSONValue.object(["front": .string(id), "name": .string(front.name)]).bytes())
    tell(front, "attached")
    return front
  }

  /// The name, with a number when another front has it.
  private static func freeName(_ name: String, _ state: State) -> String {
    let taken = Set(state.fronts.values.map(\.name))
    guard taken.contains(name) else { return name }
    var number = 2
    while taken.contains("\(name) (\(number))") { number += 1 }
    return "\(name) (\(number))"
  }

  private var tooMany: PluginFailure {
    PluginFailure(
      "cannot attach a front: there are \(settings.most), as many as 'fronts.most' of the settings allows; detach one, see bridge.fronts",
      code: "too_many_fronts", retryable: true, status: .busy)
  }

  private static let stopping = PluginFailure("cannot attach a front: the host is stopping", status: .stopping)

  /// Forgets a front; its questions go to others.
  ///
  /// - Parameter reason: Why, for a front that does not know it.
  func detach(_ id: String, reason: String = "detached") {
    let (front, orphans): (Front?, [OpenQuestion]) = state.withLock { state in
      guard let front = state.fronts.removeValue(forKey: id) else { return (nil, []) }
      let orphans = state.open.values.filter { $0.front == id }
      for orphan in orphans { state.open[orphan.number] = nil }
      return (front, orphans.sorted { $0.number < $1.number })
    }
    guard let front else { return }
    front.line.finish(reason)
    for orphan in orphans { orphan.reply.keep(.gone(front.name)) }
    tell(front, "gone")
  }

  /// Forgets a front that has left a question untaken.
  private func detachIfStuck(_ open: OpenQuestion) {
    guard !open.line.hasTaken(open.number) else { return }
    detach(open.front, reason: "did not take a question within \(settings.takeSeconds) s; read the chunks as they come")
  }

  private func tell(_ front: Front, _ change: String) {
    publish("bridge.front", ["front": .string(front.id), "name": .string(front.name), "state": .string(change)])
  }

  /// Those attached, in the order in which they came.
  var all: [Front] { state.withLock { $0.fronts.values.sorted { ($0.attached, $0.id) < ($1.attached, $1.id) } } }

  /// Withdraws the questions of a run that is over.
  func end(run: String, reason: String = "the run ended") { end(reason) { $0.run == run } }

  /// Detaches all and answers every question.
  func stop() {
    state.withLock { $0.isStopped = true }
    end("host is shutting down") { _ in true }
    for front in all { detach(front.id, reason: "host is shutting down") }
  }

  private func end(_ reason: String, _ isMeant: (OpenQuestion) -> Bool) {
    let ended = state.withLock { $0.open.values.filter(isMeant) }
    for open in ended { open.reply.keep(.over(reason)) }
  }

  // MARK: - Questions

  func ask(
    _ question: FrontQuestion, for caller: Caller, until deadline: ContinuousClock.Instant?, part: @escaping @Sendable (JSONValue) -> Void
  ) async throws -> JSONValue? {
    let content = try content(of: question, for: caller)
    var gone: String?
    while true {
      try Task.checkCancellation()
      switch place(question, content, for: caller, until: deadline, part) {
      case .refused(let reason): throw RequestFailure(reason)
      case .nobody:
        guard let gone else { return nil }
        throw RequestFailure(
          "the front '\(gone)' went away before it answered, and no other one can; attach one with 'jackfield attach' and ask again")
      case .placed(let open):
        switch try await reply(to: open, until: deadline) {
        case .answer(let answer): return answer
        case .refusal(let words): throw RequestFailure(words)
        case .gone(let name): gone = name
        case .cancelled: throw CancellationError()
        case .late: throw RequestFailure("nobody answered in time")
        case .over(let reason): throw RequestFailure(reason)
        }
      }
    }
  }

  /// What the front is sent behind the question's number: the members, and the end of the object.
  private func content(of question: FrontQuestion, for caller: Caller) throws(RequestFailure) -> ArraySlice<UInt8> {
    let content: JSONValue = ["kind": .string(question.kind.rawValue), "run": Self.run(caller), "body": question.body]
    let bytes = content.bytes()
    guard bytes.count <= settings.questionBytes else {
      throw RequestFailure(
        "cannot ask a front: the question is \(bytes.count) bytes, and 'fronts.questionBytes' of the settings allows "
          + "\(settings.questionBytes)")
    }
    return bytes.dropFirst()
  }

  private static func run(_ caller: Caller) -> JSONValue { ["id": .string(caller.run), "name": .string(caller.name)] }

  private func place(
    _ question: FrontQuestion, _ content: ArraySlice<UInt8>, for caller: Caller, until deadline: ContinuousClock.Instant?,
    _ part: @escaping @Sendable (JSONValue) -> Void
  ) -> Placement {
    state.withLock { state in
      guard !state.isStopped else { return .refused("host is shutting down") }
      let fitting = state.fronts.values.filter { $0.takes(question) }
      guard !fitting.isEmpty else { return .nobody }
      guard state.open.values.count(where: { $0.run == caller.run }) < settings.openQuestionsOfRun else {
        return .refused(
          "cannot ask a front: \(settings.openQuestionsOfRun) questions of this run wait for an answer, as many as may; wait for one")
      }
      let free = fitting.filter { front in state.open.values.count { $0.front == front.id } < settings.openQuestions }
      guard let front = Self.best(of: free, for: caller) else {
        return .refused("cannot ask a front: each one that could answer has \(settings.openQuestions) questions to answer; ask again later")
      }
      state.lastQuestion += 1
      let open = OpenQuestion(
        number: state.lastQuestion, front: front.id, run: caller.run, question: question, line: front.line, part: part)
      state.open[open.number] = open
      front.line.ask(open.number, Self.chunk(open.number, content, deadline))
      return .placed(open)
    }
  }

  private static func chunk(_ number: Int, _ content: ArraySlice<UInt8>, _ deadline: ContinuousClock.Instant?) -> [UInt8] {
    let limit = deadline.map { #""deadline_ms":\#(max(0, Int64(min(($0 - .now).milliseconds, 1e15)))),"# } ?? ""
    return Array(#"{"question":\#(number),\#(limit)"#.utf8) + content
  }

  /// Of the caller's folder, the closest first; then the one that was used last.
  static func best(of fronts: [Front], for caller: Caller) -> Front? {
    fronts.max { one, other in
      let (left, right) = (
        WorkspaceMatch(front: one.introduction.workspace, caller: caller.workspace),
        WorkspaceMatch(front: other.introduction.workspace, caller: caller.workspace)
      )
      switch (left, right) {
      case (let left?, let right?) where left != right: return left < right
      case (nil, _?): return true
      case (_?, nil): return false
      default: return one.used < other.used
      }
    }
  }

  /// Waits for the end of a question, and takes it back when it was not answered.
  private func reply(to open: OpenQuestion, until deadline: ContinuousClock.Instant?) async throws -> FrontReply {
    let reply = await withTaskGroup(of: Void.self) { group in
      if let deadline {
        group.addTask {
          do { try await Task.sleep(until: deadline, clock: .continuous) } catch { return }
          open.reply.keep(.late)
        }
      }
      group.addTask { [self] in
        do { try await Task.sleep(for: .seconds(settings.takeSeconds)) } catch { return }
        detachIfStuck(open)
      }
      defer { group.cancelAll() }
      return await open.reply.value(whenCancelled: .cancelled)
    }
    state.withLock { $0.open[open.number] = nil }
    if let reason = Self.withdrawal(reply, deadline) {
      open.line.withdraw(open.number, JSONValue.object(["withdrawn": .integer(Int64(open.number)), "reason": .string(reason)]).bytes())
    }
    return reply
  }

  private static func withdrawal(_ reply: FrontReply, _ deadline: ContinuousClock.Instant?) -> String? {
    switch reply {
    case .answer, .refusal, .gone: nil
    case .cancelled: deadline.map { $0 - .now < .milliseconds(500) } == true ? "timed out" : "the script waits no longer"
    case .late: "timed out"
    case .over(let reason): reason
    }
  }

  // MARK: - Notices

  func tell(_ question: FrontQuestion, for caller: Caller) async -> Bool {
    let fronts = hearers(of: question, for: caller)
    guard !fronts.isEmpty else { return false }
    let chunk = JSONValue.object(["notice": .string(question.kind.rawValue), "run": Self.run(caller), "body": question.body]).bytes()
    let key = question.kind == .progress ? "\(caller.run) \(question.body["id"]?.serialized() ?? "")" : nil
    for front in fronts { front.line.tell(chunk, key: key) }
    return true
  }

  /// The fronts of the caller's folder and those without one; all when there is none of these.
  private func hearers(of question: FrontQuestion, for caller: Caller) -> [Front] {
    let fitting = all.filter { $0.takes(question) }
    guard let folder = caller.workspace else { return fitting }
    let near = fitting.filter { front in
      front.introduction.workspace == nil || WorkspaceMatch(front: front.introduction.workspace, caller: folder) != nil
    }
    return near.isEmpty ? fitting : near
  }

  // MARK: - Answers

  /// Takes what a front says to a question.
  ///
  /// - Throws: `PluginFailure` with what does not fit; the question stays open then.
  func answer(_ answer: FrontAnswer) throws(PluginFailure) {
    let (open, name): (OpenQuestion?, String?) = state.withLock { state in
      (state.open[answer.question], state.fronts[answer.front]?.name)
    }
    guard let name else { throw FrontAnswer.unknownFront(answer.front) }
    guard let open, open.front == answer.front else { throw FrontAnswer.unknownQuestion(answer.question) }
    guard answer.size <= settings.questionBytes else { throw FrontAnswer.tooLarge(answer.size, settings.questionBytes) }
    switch answer.content {
    case .part(let part): return open.part(part)
    case .error(let words): try settle(open, .refusal(words))
    case .result(var result):
      try FrontResult.check(result, of: open.question)
      result["by"] = .string(name)
      try settle(open, .answer(result))
    }
    state.withLock { state in
      state.uses += 1
      state.fronts[answer.front]?.used = state.uses
      state.fronts[answer.front]?.answered += 1
    }
  }

  private func settle(_ open: OpenQuestion, _ reply: FrontReply) throws(PluginFailure) {
    guard open.reply.keep(reply) else { throw FrontAnswer.unknownQuestion(open.number) }
  }
}
