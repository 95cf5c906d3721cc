// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK
internal import Processes

/// A program that is run to its end, with its output line by line.
struct CommandRun: Sendable {
  let command: [String]
  let environment: [String: String]
  let directory: String
  let tools: LocalTools

  private static let mostTail = 4_096
  private static let mostKills = 50

  /// Runs it. Cancelling the task ends the program and all that it began.
  ///
  /// - Parameter listener: Told of the command, then of each line of standard output and standard error as they come.
  /// - Throws: `PluginFailure` with the end of the output when it fails.
  func run(_ listener: @escaping Installer.Listener) async throws {
    let text = InstallPlan(commands: [command]).text
    listener("$ " + text)
    let pipe = try ProcessPipe()
    let process: ProcessIdentity
    do throws(ProcessesError) {
      defer { pipe.closeWriting() }
      let output = SpawnOrder.Output.descriptor(pipe.writing)
      let pid = try Spawn.begin(SpawnOrder(command, in: directory, environment: environment, output: output, errors: output))
      process = ProcessIdentity(pid) ?? ProcessIdentity(pid: pid, began: 0)
    } catch {
      throw PluginFailure("cannot run '\(text)': \(error.reason)", code: "install_failed")
    }
    try await withTaskCancellationHandler {
      try await follow(process, pipe, text, listener)
    } onCancel: {
      for _ in 0..<Self.mostKills where ProcessTree(process).signal(SIGKILL) > 0 {}
    }
  }

  private func follow(_ process: ProcessIdentity, _ pipe: ProcessPipe, _ text: String, _ listener: @escaping Installer.Listener)
    async throws
  {
    let tail = try await tools.work.run { Self.read(pipe, listener) }
    let ending = await withCheckedContinuation { waiter in
      do { try tools.watcher.watch(process) { waiter.resume(returning: $0) } } catch { waiter.resume(returning: .unknown) }
    }
    try Task.checkCancellation()
    switch ending {
    case .exited(0): return
    case .exited(let code): throw failure("ended with exit code \(code)", text, tail)
    case .signalled(let signal): throw failure("was ended by signal \(signal)", text, tail)
    case .unknown: throw failure("ended, nobody knows how", text, tail)
    }
  }

  private func failure(_ how: String, _ text: String, _ tail: String) -> PluginFailure {
    PluginFailure(
      "'\(text)' \(how); " + (tail.isEmpty ? "it wrote nothing" : "its output ends with:\n\(tail)"), code: "install_failed")
  }

  /// - Returns: The end of what was read.
  private static func read(_ pipe: ProcessPipe, _ listener: Installer.Listener) -> String {
    var tail: [UInt8] = []
    var line: [UInt8] = []
    while let bytes = pipe.read() {
      tail = Array((tail + bytes).suffix(mostTail))
      for byte in bytes {
        if byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\r") {
          if line.count < mostTail { line.append(byte) }
        } else if !line.isEmpty {
          listener(String(decoding: line, as: UTF8.self))
          line = []
        }
      }
    }
    if !line.isEmpty { listener(String(decoding: line, as: UTF8.self)) }
    return String(decoding: tail.drop { $0 & 0xC0 == 0x80 }, as: UTF8.self)
  }
}
