// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import PluginSDK
import Testing
import WebSockets

@testable import Kernel

/// The provider against a real server with real kernels. With JACKFIELD_TEST_SERVER_URL and …_TOKEN: against that one.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ServerProviderTests {
  private let server: TestServer
  private let client = ServerClient()
  private let provider: ServerProvider

  init() throws {
    server = try TestServer()
    provider = try ServerProvider(server.settings, client: client)
  }

  /// A kernel begun for a test and ended after it.
  private func withKernel(_ body: (ServerHandle) async throws -> Void) async throws {
    let plan = try await provider.prepare(KernelOrder(spec: "python3"))
    let handle = try #require(try await provider.launch(plan) as? ServerHandle)
    do {
      try await body(handle)
    } catch {
      await handle.kill()
      throw error
    }
    await handle.kill()
  }

  @Test func conforms() async throws { try await ProviderConformance(provider: provider, order: KernelOrder(spec: "python3")).run() }

  @Test func listsItsKernels() async throws {
    let entry = try #require(try await provider.specs().first { $0.name == "python3" })
    #expect(entry.language == "python" && entry.provider == "server" && !entry.displayName.isEmpty)
    #expect(try await provider.prepare(KernelOrder()).spec == "python3")
  }

  @Test func twentyRuns() async throws {
    try await withKernel { handle in
      let kernel = try await Conformed(handle, limit: .seconds(60))
      for number in 1...20 {
        let run = try await kernel.run("\(number)")
        #expect(run.status == "ok" && run.executionCount == number)
        #expect(run.published == ["status", "execute_input", "execute_result", "status"])
      }
      await kernel.link.close()
    }
  }

  @Test func tenMegabytes() async throws {
    try await withKernel { handle in
      let kernel = try await Conformed(handle, limit: .seconds(60))
      let run = try await kernel.run("print('x' * 10_000_000)")
      #expect(run.status == "ok")
      if TestServer.limitsOutput {
        let sentence =
          "the server dropped output of this run: more bytes came at once than its limit allows; run it again with the output written to a file, or start the server with a higher --ServerApp.iopub_data_rate_limit"
        let told = kernel.heard.events.compactMap { if case .truncated(let told) = $0 { told } else { nil } }
        #expect(told == [sentence])
      } else {
        #expect(run.text.utf8.count == 10_000_001)
      }
      let sent = try await kernel.run("len('\(String(repeating: "y", count: 5_000_000))')\nprint('whole')")
      #expect(sent.text == "whole\n")
      await kernel.link.close()
    }
  }

  @Test func restartKeepsTheIdAndForgetsTheNames() async throws {
    try await withKernel { handle in
      let kernel = try await Conformed(handle, limit: .seconds(60))
      _ = try await kernel.run("a = 1")
      try await handle.restart()
      _ = try await kernel.link.ready(within: .seconds(60))
      #expect(try await kernel.run("a").status == "error")
      #expect(handle.isAlive)
      await kernel.link.close()
    }
  }

  @Test func aKernelKeepsItsIdThereOverARestartAndCanBeAttachedTo() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "jackfield-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let recorder = EventRecorder()
    let services = KernelServices(
      settings: try JSONDecoder().decode(KernelSettings.self, from: Data("{}".utf8)), recorder: recorder, news: { recorder.take($0) },
      interrupts: InterruptMemory(), executor: globalConcurrentExecutor, info: { _, _ in }, warning: { recorder.warn($0, $1) })
    let kernels = Kernels(services: services, providers: [provider], journal: KernelJournal(path: "\(folder)/kernels.json"))
    let kernel = try await kernels.start(KernelOrder(spec: "python3"))
    let id = try #require((await kernel.handle as? ServerHandle)?.id)
    try await kernel.restart()
    #expect((await kernel.handle as? ServerHandle)?.id == id)
    let value = try await kernel.evaluate(["x": "1 + 1"], within: .seconds(20))["x"]
    #expect(value?["data"]?["text/plain"] == "2")
    let attached = try await kernels.attach(["id": .string(id)], provider: provider.name)
    #expect((await attached.handle as? ServerHandle)?.id == id)
    await #expect(throws: PluginFailure.self) {
      try await kernels.attach(["id": .string(id), "server": "http://elsewhere/"], provider: provider.name)
    }
    await attached.leave()
    try await kernels.shutDown(kernel)
  }

  @Test func whatWasSaidWhileTheConnectionWasBrokenComesAfter() async throws {
    try await withKernel { handle in
      let kernel = try await Conformed(handle, limit: .seconds(60))
      let id = try kernel.begin("import time\nprint('begun', flush=True)\ntime.sleep(1.5)\nprint('while away', flush=True)")
      _ = await kernel.heard.message("stream", of: id)
      let port = try WebAddress(server.settings.url).port
      #expect(BrokenNetwork.breakConnections(toPort: port) > 0)
      await kernel.heard.wait { if case .reconnected = $0 { true } else { false } }
      let run = try await kernel.outcome(of: id)
      #expect(run.text == "begun\nwhile away\n" && run.status == "ok")
      #expect(kernel.heard.events.contains { if case .disconnected = $0 { true } else { false } })
      await kernel.link.close()
    }
  }

  @Test func aKernelDeletedBySomebodyElseIsLost() async throws {
    try await withKernel { handle in
      let kernel = try await Conformed(handle, limit: .seconds(60))
      _ = try await handle.rest.ask("DELETE", ServerREST.path(of: handle.id))
      await kernel.heard.wait { if case .lost = $0 { true } else { false } }
      _ = await handle.ended()
      #expect(!handle.isAlive)
      #expect(throws: PluginFailure.self) { try kernel.begin("1") }
      await kernel.link.close()
    }
  }

  @Test func aWrongTokenIsSaidAndNotShown() async throws {
    var settings = server.settings
    settings.token = "wrong-secret"
    let denied = try ServerProvider(settings, client: client)
    do {
      _ = try await denied.specs()
      Issue.record("a wrong token was taken")
    } catch let failure as PluginFailure {
      #expect(failure.status == .denied && failure.code == "server_denied")
      #expect(failure.message.hasPrefix("the server '\(settings.url)' refused 'GET api/kernelspecs' with status 40"))
      #expect(failure.message.hasSuffix("check the token; 'jupyter server list' shows it, and the server prints it when it starts"))
      #expect(!failure.message.contains("wrong-secret"))
    }
    #expect(!"\(settings)".contains("wrong-secret"))
  }

  @Test func anUnknownKernelIsSaid() async throws {
    await #expect(throws: PluginFailure.self) { try await provider.prepare(KernelOrder(spec: "cobol")) }
    let handle = ServerHandle(
      "00000000-0000-0000-0000-000000000000", of: try ServerREST(server.settings, client: client), kind: .gateway("1"), spec: "x")
    await #expect(
      throws: PluginFailure("\(server.settings) does not know the kernel '\(handle.id)'", code: "kernel_not_found", status: .notFound)
    ) {
      try await handle.connect(session: "s") { _ in }
    }
  }

  @Test func variablesReachOnlyGateways() async throws {
    let order = KernelOrder(spec: "python3", environment: ["KERNEL_COLOUR": "red"])
    guard TestServer.isGiven else {
      await #expect(throws: PluginFailure.self) { try await provider.prepare(order) }
      return
    }
    let handle = try await provider.launch(provider.prepare(order))
    let kernel = try await Conformed(handle, limit: .seconds(60))
    #expect(try await kernel.run("import os\nprint(os.environ['KERNEL_USERNAME'])").text == "tester\n")
    await kernel.link.close()
    await handle.kill()
  }

  @Test(.enabled(if: !TestServer.isGiven)) func aServerThatIsKilledLosesItsKernels() async throws {
    let own = try TestServer(own: true)
    var settings = own.settings
    settings.patience = .seconds(2)
    let provider = try ServerProvider(settings, client: client)
    let handle = try await provider.launch(provider.prepare(KernelOrder()))
    let kernel = try await Conformed(handle, limit: .seconds(60))
    let pid = try await kernel.run("import os\nprint(os.getpid())").text.trimmingCharacters(in: .whitespacesAndNewlines)
    own.kill()
    await kernel.heard.wait { if case .lost = $0 { true } else { false } }
    #expect(!handle.isAlive)
    await kernel.link.close()
    if let pid = pid_t(pid) { Glibc.kill(pid, SIGKILL) }
    await #expect(throws: PluginFailure.self) { try await provider.specs() }
  }
}
