// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import JSON
import Testing

/// The bad plugins of the other tests: they must build, and without a switch they must be good.
@Suite(.serialized) struct FaultyPluginTests {
  @Test func withoutASwitchThePluginIsGood() async throws {
    try await onOwnThread {
      let plugins = LiveHost.temporary("jackfield-faults")
      try FaultyPlugin.build("good", in: plugins)
      try FaultyPlugin.swift(in: plugins)
      let host = try LiveHost(plugins: [plugins])
      #expect(try host.json("call", "good.echo", #"{"a": [1]}"#, "--json") == ["a": [1]])
      #expect(try host.json("call", "good.pid", "--json").intValue ?? 0 > 0)
      #expect(try host.run("call", "good.work", "--stream", "--json").output == "1\n2\n3\n{\"chunks\":3}\n")
      #expect(try host.json("call", "swiftfault.echo", #"{"a": [1]}"#, "--json") == ["a": [1]])
      #expect(try host.json("call", "swiftfault.pid", "--json").intValue ?? 0 > 0)
      #expect(host.stop().status == 0)
    }
  }

  @Test func everyVariantCompiles() async throws {
    try await onOwnThread {
      let directory = LiveHost.temporary("jackfield-faults")
      let pairs = FaultyPlugin.faults.map { FaultyPlugin.options($0.name, at: "INVOKE") }
      let places = FaultyPlugin.places.map { FaultyPlugin.options("SEGV", at: $0) }
      for (number, options) in (pairs + places + FaultyPlugin.switches.map { ["-D\($0)"] }).enumerated() {
        try FaultyPlugin.build("variant\(number)", in: directory, options: options)
      }
    }
  }

  @Test func faultInACommandFailsTheCall() async throws {
    try await onOwnThread {
      for (name, end) in FaultyPlugin.faults where end != nil {
        let plugins = LiveHost.temporary("jackfield-faults")
        try FaultyPlugin.build("bad", in: plugins, options: FaultyPlugin.options(name, at: "INVOKE"))
        let host = try LiveHost(plugins: [plugins])
        #expect(try host.run("call", "bad.work").status == 1, "\(name)")
        host.killNow()
      }
    }
  }

  @Test(arguments: ["trap", "bounds", "unwrap", "overflow"])
  func trapOfSwiftFailsTheCall(verb: String) async throws {
    try await onOwnThread {
      let plugins = LiveHost.temporary("jackfield-faults")
      try FaultyPlugin.swift(in: plugins)
      let host = try LiveHost(plugins: [plugins])
      #expect(try host.run("call", "swiftfault.\(verb)").status == 1)
      host.killNow()
    }
  }
}
