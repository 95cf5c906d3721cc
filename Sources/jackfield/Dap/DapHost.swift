// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON

/// The host, as a debug session sees it: registers the session as a run, asks for the script, and never waits for an answer.
final class DapHost {
  /// What a call was about.
  enum Subject {
    case question(id: JSONValue)
    case operation(JSONValue)
  }

  /// One call that ended.
  struct Outcome {
    let subject: Subject
    let result: Result<JSONValue, DapRefusal>
  }

  private struct Call {
    let subject: Subject
    let command: String
    let input: [String: JSONValue]
  }

  /// Adapters wait so long for a question that says nothing of it, in milliseconds.
  private static let standardTimeout: Int64 = 30_000
  /// How long the host may take to register the session, in milliseconds.
  private static let patience: Int32 = 2_000

  private let home: String?
  private let workspace: String
  private let name: String
  private var client: ControlClient?
  private var run: String?
  private var calls: [JSONValue: Call] = [:]
  /// Calls that failed before they began.
  private var failed: [Outcome] = []
  private let say: (String) -> Void
  private var hasSaid = false

  /// - Parameter say: Takes a sentence for a person, at most one.
  init(home: String?, workspace: String, name: String, say: @escaping (String) -> Void) {
    self.home = home
    self.workspace = workspace
    self.name = name
    self.say = say
  }

  /// Readable when there is something to take; -1 without a host.
  var descriptor: Int32 { client?.descriptor ?? -1 }

  // MARK: - The session as a run

  /// Registers the session.
  ///
  /// - Returns: What the adapter is given beside its environment, so that a script which it debugs finds the bridge; empty without a host.
  func open(_ command: [String]) -> [String: String] {
    let input: JSONValue = [
      "name": .string(name), "command": .array(command.map { .string($0) }), "workspace": .string(workspace),
      "cwd": .string(KernelTarget.absolute(".")),
    ]
    do {
      let answer = try ControlClient(home: home, patience: Self.patience).call("run.open", input)
      run = answer["run"]?.stringValue
      return (answer["environment"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
    } catch {
      sayOnce("\(error); the debug session goes on, and what a script asks is refused meanwhile")
      return [:]
    }
  }

  /// Tells the host which process it is.
  func adopt(_ pid: pid_t) { tell("run.adopt", ["pid": .integer(Int64(pid))]) }

  /// Tells the host how it ended.
  func close(_ ending: AdapterEnding) {
    switch ending {
    case .exited(let status): tell("run.close", ["status": .integer(Int64(status))])
    case .signalled(let number): tell("run.close", ["signal": .integer(Int64(number))])
    }
    client = nil
  }

  private func tell(_ command: String, _ input: [String: JSONValue]) {
    guard let run else { return }
    do {
      _ = try ControlClient(home: home, patience: Self.patience).call(command, .object(input.merging(["run": .string(run)]) { $1 }))
    } catch {
      sayOnce("\(error)")
    }
  }

  private func sayOnce(_ sentence: String) {
    if !hasSaid { say(sentence) }
    hasSaid = true
  }

  // MARK: - Calls

  /// Asks what a script asks.
  func ask(_ id: JSONValue, type: String, params: JSONValue) {
    let asked = params["timeout"]?.doubleValue ?? 0
    begin(
      Call(
        subject: .question(id: id), command: "bridge.request",
        input: [
          "type": .string(type), "params": params,
          "timeout_ms": .integer(asked > 0 ? Int64(min(asked, 1e12).rounded(.up)) : Self.standardTimeout),
        ]))
  }

  /// Says what a script waits for; the call lasts as long as that.
  func announce(_ operation: JSONValue) {
    begin(Call(subject: .operation(operation), command: "bridge.announce", input: ["operation": operation]))
  }

  private func begin(_ call: Call) {
    var input = call.input
    input["workspace"] = .string(workspace)
    if let run { input["run"] = .string(run) }
    do {
      let client = try connected()
      let id = try client.begin(
        "command/call", ["name": .string(call.command), "input": .object(input), "timeoutMs": .integer(Int64(Int32.max))])
      calls[id] = call
    } catch {
      failed.append(Outcome(subject: call.subject, result: .failure(DapRefusal(description: "\(error)"))))
    }
  }

  private func connected() throws(CommandFailure) -> ControlClient {
    if let client { return client }
    let made = try ControlClient(home: home)
    client = made
    return made
  }

  /// Takes what has ended since. Does not wait.
  func outcomes() -> [Outcome] {
    var outcomes = failed
    failed = []
    do {
      while let client, case .message(let message) = try client.arrival(interruptible: false, other: -1, milliseconds: 0) {
        if let outcome = outcome(message) { outcomes.append(outcome) }
      }
    } catch {
      client = nil
      let refusal = DapRefusal(description: "\(error)")
      outcomes += calls.values.map { Outcome(subject: $0.subject, result: .failure(refusal)) }
      calls = [:]
    }
    return outcomes
  }

  private func outcome(_ message: JSONValue) -> Outcome? {
    guard let call = message["id"].flatMap({ calls.removeValue(forKey: $0) }) else { return nil }
    guard let error = message["error"] else {
      return Outcome(subject: call.subject, result: .success(message["result"]?["result"] ?? .null))
    }
    let failure = ControlClient.failure(error)
    guard run == nil || failure.data?["code"] != "no_run" else {
      // The host was begun anew and knows nothing of this session: what is asked now is nobody's run, but of this workspace.
      run = nil
      begin(call)
      return nil
    }
    return Outcome(subject: call.subject, result: .failure(DapRefusal(description: failure.description)))
  }
}
