// SPDX-License-Identifier: Apache-2.0
import Glibc

extension Subcommand {
  static let dap = Subcommand(
    name: "dap", summary: "stand between an editor and a debug adapter", arguments: "[--] ADAPTER [ARGUMENT …]",
    options: [
      OptionSpec(name: "--workspace", value: "DIR", help: "the folder whose front ends are asked first (default: this one)"),
      OptionSpec(name: "--name", value: "NAME", help: "what the session is called (default: the adapter's name)"),
    ],
    discussion: """
      For an editor's settings, in place of the adapter's own command: speaks the Debug Adapter Protocol on standard input and output, and \
      passes every message on as it is. What a script asks while it is debugged is asked of whoever is attached to the host; the script \
      finds the host's bridge in its environment, too. Without a host the session goes on.
      Ends with the adapter's exit status; 128 and the signal's number when a signal ended it.
      """,
    examples: ["jackfield dap -- python3 -m debugpy.adapter", "jackfield dap --workspace ~/lab --name sweep -- ./my-adapter --stdio"],
    run: { try DapCommand.run($0) })
}

/// Runs a debug adapter behind the proxy.
enum DapCommand {
  static func run(_ invocation: Invocation) throws -> Int32 {
    let words = invocation.arguments
    guard let program = words.first else {
      throw UsageError("'jackfield dap' wants an adapter: jackfield dap -- ADAPTER [ARGUMENT …]", subcommand: "dap")
    }
    let say = { (sentence: String) in Terminal.printError("jackfield: \(sentence)") }
    let name = invocation.value("--name") ?? program.split(separator: "/").last.map(String.init) ?? program
    let workspace = KernelTarget.absolute(invocation.value("--workspace") ?? ".")
    Interrupt.watch(always: true)
    signal(SIGPIPE, SIG_IGN)
    let host = DapHost(home: invocation.home, workspace: workspace, name: name, say: say)
    let added = host.open(words)
    let adapter: AdapterProcess
    do {
      adapter = try AdapterProcess(words, environment: Environment.all.merging(added) { $1 })
    } catch {
      host.close(.exited(error.status))
      throw error
    }
    host.adopt(adapter.pid)
    return DapProxy(adapter, host: host, input: STDIN_FILENO, output: STDOUT_FILENO, say: say).run()
  }
}
