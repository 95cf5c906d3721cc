// SPDX-License-Identifier: Apache-2.0
import Glibc
import Host

extension Subcommand {
  static let serve = Subcommand(
    name: "serve", summary: "start a host here, in the foreground",
    options: [OptionSpec(name: "--plugins", value: "DIR", repeats: true, help: "look for plugins here first; may be given again")],
    discussion: """
      Text on a terminal, JSON lines otherwise; the same lines go to the log file in the state directory.
      Ctrl-C or SIGTERM stop in order; SIGHUP reads the configuration again.
      """,
    examples: ["jackfield serve", "jackfield serve --home /tmp/trial --plugins build/plugins"],
    run: { invocation in
      _ = try invocation.arguments(0...0)
      return try ServeCommand.run(home: invocation.home, plugins: invocation.values("--plugins"))
    })
}

/// Runs a host until a signal ends it.
enum ServeCommand {
  static func run(home: String?, plugins: [String]) throws -> Int32 {
    let console = BackgroundSink(Terminal.errorIsTerminal ? TextLogSink() : JSONLineLogSink(descriptor: STDERR_FILENO))
    defer { console.flush(milliseconds: 1_000) }
    var options = HostDaemon.Options(console: console)
    options.home = home
    options.plugins = plugins
    options.environment = Environment.all
    // Signals first: every thread started from here on inherits that they are blocked.
    let signals = SignalOrders(console)
    let daemon: HostDaemon
    do throws(HostFault) { daemon = try HostDaemon(options) } catch { throw CommandFailure(error.description) }
    signals.attach(daemon)
    do throws(HostFault) {
      // Whoever started the host may have gone since: no reason to end it.
      try daemon.run { _ = Output.tryWrite("listening on \(daemon.directories.socket)\n", to: STDOUT_FILENO) }
    } catch {
      throw CommandFailure(error.description)
    }
    return SystemExit.ok
  }
}
