// SPDX-License-Identifier: Apache-2.0
import Host
import JSON

extension Subcommand {
  static let reload = Subcommand(
    name: "reload", summary: "read the configuration again and look for new plugins", options: [.json],
    discussion: "Either all of it is taken, or nothing changes and the reasons are told.", examples: ["jackfield reload"],
    run: { invocation in
      _ = try invocation.arguments(0...0)
      let answer = try ControlClient(home: invocation.home).request("host/reload")
      if invocation.wantsJSON { Terminal.print(answer) } else { PluginsCommand.show(answer["plugins"]?.arrayValue ?? []) }
      return SystemExit.ok
    })

  static let stop = Subcommand(
    name: "stop", summary: "stop the host in order, and wait until it has", examples: ["jackfield stop"],
    run: { invocation in
      _ = try invocation.arguments(0...0)
      let client = try ControlClient(home: invocation.home)
      _ = try client.request("host/stop")
      // The host closes its door last of all.
      client.waitUntilClosed()
      return SystemExit.ok
    })

  static let version = Subcommand(
    name: "version", summary: "print the version", options: [.json],
    run: { invocation in
      _ = try invocation.arguments(0...0)
      if invocation.wantsJSON {
        Terminal.print(["version": .string(HostVersion.current), "abi": .string(HostVersion.abi)])
      } else {
        Terminal.print("jackfield \(HostVersion.current) (plugin ABI \(HostVersion.abi))")
      }
      return SystemExit.ok
    })
}
