// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import PluginSDK
import Processes
import Testing

@testable import Kernel

/// A home of its own with a local provider, for one test. `finish` must follow.
final class LaunchBench: Sendable {
  let folder: String
  let surroundings: Surroundings
  let provider: LocalProvider
  let links: KernelLinks

  /// The environment that has ipykernel and jupyter_client.
  static let venv: String = {
    let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    return LocalFiles.realPath("/\(root)/build/venv") ?? "/\(root)/build/venv"
  }()
  static let python = venv + "/bin/python"

  init(_ variables: [String: String] = [:]) throws {
    var template = Array("/tmp/launch-test-XXXXXX".utf8CString)
    _ = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    mkdir(folder + "/home", 0o700)
    var environment = Spawn.environment
    for name in environment.keys where ["JUPYTER", "VIRTUAL", "CONDA", "PYENV", "XDG", "JPY"].contains(where: name.hasPrefix) {
      environment[name] = nil
    }
    environment["HOME"] = folder + "/home"
    environment["PATH"] = "/usr/bin:/bin"
    environment["IPYTHONDIR"] = folder + "/ipython"
    surroundings = Surroundings(environment: environment.merging(variables) { $1 })
    links = try KernelLinks()
    provider = try LocalProvider(surroundings: surroundings, state: folder + "/state", data: folder + "/data", open: links.opener)
  }

  var home: String { folder + "/home" }
  var runtime: String { JupyterPaths(surroundings).runtimeDirectory }

  /// Another provider, as after a restart of the host.
  func anotherProvider() throws -> LocalProvider {
    try LocalProvider(surroundings: surroundings, state: folder + "/state", data: folder + "/data", open: links.opener)
  }

  func finish() async {
    provider.stop()
    await links.stop()
    LocalFiles.removeTree(folder)
  }

  /// Begins a kernel, and ends it after the body.
  func withKernel(
    _ order: KernelOrder = KernelOrder(interpreter: LaunchBench.python), change: (inout KernelPlan) -> Void = { _ in },
    _ body: (LocalKernel) async throws -> Void
  ) async throws {
    var plan = try await provider.prepare(order)
    change(&plan)
    let kernel = try #require(try await provider.launch(plan) as? LocalKernel)
    do {
      try await body(kernel)
    } catch {
      await kernel.kill()
      await kernel.cleanUp()
      throw error
    }
    await kernel.kill()
    await kernel.cleanUp()
  }

  // MARK: - Peers

  /// Waits until a kernel answers.
  func untilReady(_ kernel: any KernelHandle) async throws {
    let link = try await kernel.connect(session: "bench") { _ in }
    _ = try await link.ready(within: .seconds(60))
    await link.close()
  }

  /// Runs a script with jupyter_client connected as `client` to a kernel.
  ///
  /// - Returns: Its lines.
  func ask(_ kernel: LocalKernel, _ script: String) async throws -> [String] {
    // jupyter_client takes a kernel that is still starting for dead.
    try await untilReady(kernel)
    return try await run([
      Self.python, "-c",
      """
      import sys
      from jupyter_client import BlockingKernelClient
      client = BlockingKernelClient(connection_file=sys.argv[1])
      client.load_connection_file()
      client.start_channels()
      client.wait_for_ready(timeout=60)
      def hook(message):
          content = message['content']
          if 'text' in content: print(content['text'], end='')
          if 'ename' in content: print(content['ename'])
      def run(code):
          client.execute_interactive(code, timeout=60, output_hook=hook)
      \(script)
      """, kernel.record.place.connectionFile,
    ])
  }

  /// Runs a program to its end.
  func run(_ command: [String], _ variables: [String: String] = [:]) async throws -> [String] {
    let lines = Lines()
    try await CommandRun(
      command: command, environment: surroundings.environment.merging(variables) { $1 }, directory: folder, tools: provider.tools
    ).run { lines.add($0) }
    return Array(lines.all.dropFirst())
  }

  /// A virtual environment "bare" with nothing but pip: copied, which takes a tenth of the time of ensurepip.
  func makeBareEnvironment() async throws {
    _ = try await run([Self.python, "-m", "venv", "--without-pip", folder + "/bare"])
    let packages = "lib/python3.*/site-packages"
    let script = "cp -r \(Self.venv)/\(packages)/pip \(Self.venv)/\(packages)/pip-*.dist-info \(folder)/bare/\(packages)/"
    _ = try await run(["/bin/sh", "-c", script])
  }

  // MARK: - Files

  /// Writes a file, with the folders above it.
  @discardableResult func write(_ path: String, _ text: String = "", mode: UInt32 = 0o644) throws -> String {
    let path = path.hasPrefix("/") ? path : folder + "/" + path
    try LocalFiles.makeDirectory(Path.parent(of: path))
    try LocalFiles.writePrivate(Array(text.utf8), to: path)
    LocalFiles.setMode(mode, of: path)
    return path
  }

  /// Registers a kernel in the user's folder.
  func register(_ name: String, _ json: JSONValue) throws {
    try write("home/.local/share/jupyter/kernels/\(name)/kernel.json", json.serialized())
  }
}
