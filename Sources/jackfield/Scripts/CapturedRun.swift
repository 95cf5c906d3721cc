// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON

/// A script that the host begins and keeps: followed here, and stopped by Ctrl-C.
final class CapturedRun {
  /// So often, and so many milliseconds apart, a host that went away is looked for.
  private static let (tries, pause) = (150, 200)

  private let home: String?
  private let wantsJSON: Bool
  private var id = ""
  /// How far each stream was read.
  private var read: [String: JSONValue] = [:]
  /// Keeps the connection by which the run is stopped: the host ends the calls of who hangs up.
  private var stopping: ControlClient?
  private var isStopping = false

  init(_ invocation: Invocation) {
    home = invocation.home
    wantsJSON = invocation.wantsJSON
  }

  /// - Parameter order: The beginning of the input of `run.start`.
  /// - Returns: The exit status.
  func run(_ order: JSONValue) throws -> Int32 {
    var order = order
    order["env"] = .object(Environment.all.mapValues { .string($0) })
    order["inherit_env"] = false
    Interrupt.watch(always: true)
    id = try begin(order)
    if !wantsJSON { Terminal.printError("jackfield: run \(id)") }
    let run = try follow()
    if wantsJSON { Terminal.printLine(run) }
    guard let ending = ScriptEnding(run) else {
      throw CommandFailure("the run '\(id)' has ended; how is not known, because the host was restarted meanwhile")
    }
    return ending.status
  }

  private func begin(_ order: JSONValue) throws -> String {
    do {
      let answer = try ControlClient(home: home).request("command/call", ["name": "run.start", "input": order])["result"]
      guard let id = answer?["run"]?.stringValue else {
        throw CommandFailure("the host's answer to 'run.start' is not understood; is it of another version? See 'jackfield status'")
      }
      return id
    } catch let failure as ControlClient.Failure {
      throw CommandFailure(failure.description, status: Self.status(failure.data?["code"]?.stringValue))
    }
  }

  private static func status(_ code: String?) -> Int32 {
    switch code {
    case "command_not_found": ScriptFault.notFound
    case "not_executable": ScriptFault.notExecutable
    default: SystemExit.failed
    }
  }

  // MARK: - Following

  /// Shows its output until it is over; a host that is restarted meanwhile is found again.
  private func follow() throws -> JSONValue {
    var left = Self.tries
    while true {
      do {
        let stream = try CallStream("run.follow", ["run": .string(id), "from": .object(read)], home: home)
        if let run = try follow(stream, &left) { return run }
      } catch let failure as CommandFailure {
        guard left > 0 else { throw gaveUp(failure.description) }
      }
      left -= 1
      if Interrupt.wait(milliseconds: Self.pause), !isStopping { throw gaveUp("interrupted") }
    }
  }

  private func gaveUp(_ reason: String) -> CommandFailure {
    CommandFailure(
      "\(reason); the run goes on, 'jackfield call run.show --run \(id)' tells how it is, and 'jackfield call run.stop --run \(id)' stops it"
    )
  }

  /// - Returns: The run when it is over; nil when the host does not tell any more.
  private func follow(_ stream: CallStream, _ left: inout Int) throws -> JSONValue? {
    while true {
      switch try stream.next(interruptible: !Interrupt.isTermination || !isStopping) {
      case .chunk(let chunk):
        left = Self.tries
        show(chunk)
      case .answer(let run): return run
      case .failure(let failure):
        let status = failure.data?["status"]?.stringValue ?? ""
        guard failure.data?["retryable"] == true || ["gone", "deadline"].contains(status) else { throw gaveUp(failure.description) }
        return nil
      case .interrupted: try stop()
      case .progress, .other, .silent: break
      }
    }
  }

  private func show(_ chunk: JSONValue) {
    guard let stream = chunk["stream"]?.stringValue else { return }
    read[stream] = chunk["next"]
    if wantsJSON { return Terminal.printLine(chunk) }
    Output.write(chunk["text"]?.stringValue ?? "", to: stream == "stderr" ? STDERR_FILENO : STDOUT_FILENO)
  }

  /// Ctrl-C is the script's, as in a terminal; a second one ends it at once.
  private func stop() throws {
    let signal: JSONValue = Interrupt.isTermination ? "TERM" : isStopping ? "KILL" : "INT"
    _ = Interrupt.take()
    isStopping = true
    let client = try ControlClient(home: home)
    _ = try client.begin("command/call", ["name": "run.stop", "input": ["run": .string(id), "signal": signal]])
    stopping = client
  }
}
