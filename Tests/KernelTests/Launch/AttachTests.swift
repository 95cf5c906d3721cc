// SPDX-License-Identifier: Apache-2.0
// Kernels that jupyter_client began, or a provider of another host.

import Glibc
import JSON
import PluginSDK
import Processes
import Testing

@testable import Kernel

@Suite(.timeLimit(.minutes(3))) struct AttachTests {
  private static let good = """
    {"shell_port": 50001, "iopub_port": 50002, "stdin_port": 50003, "control_port": 50004, "hb_port": 50005, "ip": "127.0.0.1", "key": "k", \
    "transport": "tcp", "signature_scheme": "hmac-sha256", "kernel_name": "python3"}
    """

  private func attach(_ bench: LaunchBench, _ wanted: String) async throws -> AttachedKernel? {
    let provider = AttachProvider(surroundings: bench.surroundings, tools: bench.provider.tools)
    return try await provider.restore(["connection_file": .string(wanted)]) as? AttachedKernel
  }

  @Test(arguments: [true, false]) func attachesByPathIdAndPattern(usesSockets: Bool) async throws {
    let bench = try LaunchBench()
    try await bench.withKernel(change: { $0.usesSockets = usesSockets }) { kernel in
      let path = kernel.record.place.connectionFile
      // Ports are open when it answers, not when it was begun.
      try await bench.untilReady(kernel)
      // Newer, but nobody listens there.
      try bench.write("\(bench.runtime)/kernel-stale.json", Self.good, mode: 0o600)
      for wanted in [path, kernel.record.place.id, "kernel-*", String(kernel.record.place.id.prefix(8)), Path.name(of: path)] {
        let attached = try #require(try await attach(bench, wanted), "by '\(wanted)'")
        #expect(attached.file.path == path && attached.process == kernel.record.process)
        #expect(attached.describe()["pid"] == kernel.describe()["pid"] && attached.persist() == ["connection_file": .string(path)])
      }
      #expect(try await attach(bench, "stale") == nil, "nobody listens there")
      await finish(bench)
    }
    await bench.finish()
  }

  private func finish(_ bench: LaunchBench) async { LocalFiles.remove("\(bench.runtime)/kernel-stale.json") }

  @Test func isTalkedToAndNeverKilled() async throws {
    let bench = try LaunchBench()
    try await bench.withKernel { kernel in
      try await bench.untilReady(kernel)
      let attached = try #require(try await attach(bench, kernel.record.place.connectionFile))
      try await bench.untilReady(attached)
      #expect(attached.interruptWays == [.message])
      #expect(throws: PluginFailure.self) { try attached.signal(SIGKILL) }
      await attached.kill()
      await attached.cleanUp()
      #expect(kernel.isAlive && attached.isAlive && LocalFiles.isFile(kernel.record.place.connectionFile))
      #expect(try #require(await attached.usage()).memory > 20_000_000)
      async let end = attached.ended()
      try kernel.signal(SIGKILL)
      #expect(await end == KernelEnd())
      #expect(!attached.isAlive && attached.persist() == nil)
    }
    await bench.finish()
  }

  // MARK: - Hostile files

  @Test(arguments: [
    ("{", "cannot use the connection file: "), ("[]", "cannot use the connection file: it is no JSON object"),
    (#"{"shell_port": "x"}"#, "cannot use the connection file: 'shell_port' is "),
    (#"{"shell_port": 0}"#, "cannot use the connection file: 'shell_port' is not there yet"),
  ])
  func hostileContentIsTold(content: String, reason: String) async throws {
    let bench = try LaunchBench()
    let path = try bench.write("c.json", content, mode: 0o600)
    let error = await #expect(throws: PluginFailure.self) { try await attach(bench, path) }
    #expect(error?.message.hasPrefix("'\(path)': \(reason)") == true, "\(error?.message ?? "")")
    await bench.finish()
  }

  @Test func filesOfOthersAreRefused() async throws {
    let bench = try LaunchBench()
    let path = try bench.write("c.json", Self.good, mode: 0o666)
    let writable = await #expect(throws: PluginFailure.self) { try await attach(bench, path) }
    #expect(
      writable?.message == "cannot use the connection file '\(path)': other users can write it, and so answer in the kernel's place; take "
        + "their right to, with 'chmod go-w'")
    chmod(path, 0o644)
    #expect(try ConnectionFile(path).isOpenToOthers)
    if getuid() == 0 {
      chown(path, 12_345, 12_345)
      let foreign = await #expect(throws: PluginFailure.self) { try await attach(bench, path) }
      #expect(
        foreign?.message
          == "cannot use the connection file '\(path)': it belongs to another user, who would see and answer whatever is run"
      )
    }
    mkfifo(bench.folder + "/pipe.json", 0o600)
    let pipe = await #expect(throws: PluginFailure.self) { try await attach(bench, bench.folder + "/pipe.json") }
    #expect(pipe?.message == "cannot use the connection file '\(bench.folder)/pipe.json': it is no regular file")
    LocalFiles.remove(bench.folder + "/pipe.json")
    await bench.finish()
  }

  @Test(arguments: [
    ("nothing", "there is no connection file like 'nothing' in '"),
    ("../x", "cannot find the kernel '../x': give the connection file's path"),
    ("", "cannot attach: give 'connection_file'"),
    ("/nowhere.json", "cannot use the connection file '/nowhere.json': there is no such file"),
  ])
  func whatIsNotThereIsTold(wanted: String, message: String) async throws {
    let bench = try LaunchBench()
    let error = await #expect(throws: PluginFailure.self) { try await attach(bench, wanted) }
    #expect(error?.message.hasPrefix(message) == true)
    await bench.finish()
  }

  @Test(arguments: [
    ("kernel-1.json", "*1*", true), ("kernel-1.json", "kernel-?.json", true), ("kernel-12.json", "kernel-?.json", false), ("a", "", false),
    ("", "*", true), ("aaab", "*ab", true), ("aaab", "*a*b*", true), ("abc", "abc?", false),
    (String(repeating: "a", count: 2_000), String(repeating: "a*", count: 500) + "b", false),
  ])
  func patternsAreThoseOfAShell(text: String, pattern: String, matches: Bool) {
    #expect(ConnectionFileSearch.matches(Array(text.utf8)[...], Array(pattern.utf8)[...]) == matches)
  }

  @Test func beginsNothing() async throws {
    let bench = try LaunchBench()
    let provider = AttachProvider(surroundings: bench.surroundings, tools: bench.provider.tools)
    #expect(try await provider.specs().isEmpty)
    await #expect(throws: PluginFailure.self) { try await provider.prepare(KernelOrder()) }
    await bench.finish()
  }
}
