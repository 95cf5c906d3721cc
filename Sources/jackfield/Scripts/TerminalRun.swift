// SPDX-License-Identifier: Apache-2.0
import JSON

/// A script in the person's terminal: begun here, registered at the host.
struct TerminalRun {
  private let home: String?
  private let wantsJSON: Bool
  private let command: [String]

  init(_ invocation: Invocation) {
    home = invocation.home
    wantsJSON = invocation.wantsJSON
    command = invocation.arguments
  }

  /// - Parameter order: The input of `run.open`.
  /// - Returns: The exit status.
  func run(_ order: JSONValue) throws -> Int32 {
    let client = try ControlClient(home: home)
    let opened = try client.call("run.open", order)
    guard let run = opened["run"]?.stringValue, let variables = opened["environment"]?.objectValue else {
      throw CommandFailure("the host's answer to 'run.open' is not understood; is it of another version? See 'jackfield status'")
    }
    var environment = Environment.all
    for (name, value) in variables { environment[name] = value.stringValue }
    let script: ForegroundScript
    do throws(ScriptFault) { script = try ForegroundScript(command, environment: environment) } catch {
      close(run, .exited(error.status))
      throw CommandFailure(error.description, status: error.status)
    }
    adopt(run, script, client)
    let ending = script.wait()
    close(run, ending)
    if wantsJSON {
      let members: [String: JSONValue] = ["run": .string(run), "name": opened["name"] ?? .string(command[0])]
      Terminal.printLine(.object(members.merging(ending.members) { $1 }))
    }
    return ending.status
  }

  /// Tells the host which process it is. One that has ended already is none; its end is told next.
  private func adopt(_ run: String, _ script: ForegroundScript, _ client: ControlClient) {
    do {
      _ = try client.call("run.adopt", ["run": .string(run), "pid": .integer(Int64(script.pid))])
    } catch {
      guard !script.hasEnded else { return }
      Terminal.printError("jackfield: the host does not know the process of this run: \(error)")
    }
  }

  /// Tells the host how it ended. One that was restarted meanwhile knows the run; without any there is nobody to tell.
  private func close(_ run: String, _ ending: ScriptEnding) {
    _ = ControlClient.answer("run.close", .object(ending.members.merging(["run": .string(run)]) { $1 }), home: home)
  }
}
