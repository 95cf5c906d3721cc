// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// Puts ipykernel where a kernel needs it: into an environment, or into one of ours on top of it.
struct Installer: Sendable {
  /// Told of each line of output, with the command as the first.
  typealias Listener = @Sendable (_ line: String) -> Void

  let surroundings: Surroundings
  /// A folder of ours.
  let data: String
  let tools: LocalTools

  // MARK: - Into the environment

  /// Installs into the user's environment.
  ///
  /// - Returns: The interpreter, now with ipykernel.
  func install(into interpreter: Interpreter, _ listener: @escaping Listener = { _ in }) async throws -> Interpreter {
    guard let plan = InstallPlan.into(interpreter, surroundings) else { throw managed(interpreter) }
    return try await run(plan, for: interpreter.executable, listener)
  }

  private func run(_ plan: InstallPlan, for executable: String, _ listener: @escaping Listener) async throws -> Interpreter {
    for command in plan.commands {
      try await CommandRun(command: command, environment: variables, directory: surroundings.home, tools: tools).run(listener)
    }
    let reader = InterpreterReader(surroundings: surroundings)
    let now = try await tools.work.run { reader.read(executable: executable) }
    guard now.ipykernel != nil else {
      throw PluginFailure(
        "'\(plan.text)' ended well, but ipykernel is still not in '\(now.prefix)'; look there, or use an environment on top ('overlay')",
        code: "install_failed")
    }
    return now
  }

  /// Nothing of a Python of ours, and nothing that asks.
  private var variables: [String: String] {
    var variables = surroundings.environment
    for name in ["PYTHONHOME", "PYTHONEXECUTABLE", "VIRTUAL_ENV"] { variables[name] = nil }
    variables["PIP_NO_INPUT"] = "1"
    variables["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    variables["PYTHONUNBUFFERED"] = "1"
    return variables
  }

  // MARK: - On top of it

  /// Where an environment on top of another is.
  func overlayFolder(of interpreter: Interpreter) -> String {
    "\(data)/environments/\(interpreter.name)-\(interpreter.version ?? "python")-\(SyntheticSpec.hash(interpreter.prefix))"
  }

  /// How an environment on top is made.
  func overlayPlan(on interpreter: Interpreter) -> InstallPlan {
    let folder = overlayFolder(of: interpreter)
    let python = folder + "/bin/python"
    if let uv = InstallTools(surroundings).uv {
      return InstallPlan(commands: [
        [uv, "venv", "--system-site-packages", "--python", interpreter.executable, folder],
        [uv, "pip", "install", "--python", python, "ipykernel"],
      ])
    }
    if interpreter.hasPip, pipReaches(interpreter) {
      return InstallPlan(commands: [
        [interpreter.executable, "-m", "venv", "--without-pip", "--system-site-packages", folder],
        [interpreter.executable, "-m", "pip", "--python", python, "install", "ipykernel"],
      ])
    }
    return InstallPlan(commands: [
      [interpreter.executable, "-m", "venv", "--system-site-packages", folder],
      [python, "-m", "pip", "install", "ipykernel"],
    ])
  }

  /// Whether its pip can install for another Python: from 22.3 on. That spares the seconds that another pip takes.
  private func pipReaches(_ interpreter: Interpreter) -> Bool {
    let version = PackageFolders.version(of: "pip", in: interpreter.packages) ?? ""
    let numbers = version.split(separator: ".").prefix(2).compactMap { Int($0) }
    return numbers.count == 2 && (numbers[0], numbers[1]) >= (22, 3)
  }

  /// Makes an environment of ours that has ipykernel and sees all packages of another, which stays as it is.
  ///
  /// - Returns: The interpreter of ours; the one of before when it was made already.
  func overlay(on interpreter: Interpreter, _ listener: @escaping Listener = { _ in }) async throws -> Interpreter {
    let folder = overlayFolder(of: interpreter)
    let reader = InterpreterReader(surroundings: surroundings)
    if let made = try await tools.work.run({ reader.read(folder: folder) }), made.ipykernel != nil { return made }
    try await tools.work.run { [data] in
      do throws(LocalFileFault) { try LocalFiles.makeDirectory(data + "/environments") } catch {
        throw PluginFailure("cannot make the folder '\(data)/environments': \(error); free space, or see its rights")
      }
      LocalFiles.removeTree(folder)
    }
    do {
      let plan = overlayPlan(on: interpreter)
      try await runOne(plan.commands[0], listener)
      try await tools.work.run { try Self.link(folder, to: interpreter) }
      return try await run(InstallPlan(commands: Array(plan.commands.dropFirst())), for: folder + "/bin/python", listener)
    } catch {
      try? await tools.work.run { LocalFiles.removeTree(folder) }
      throw error
    }
  }

  private func runOne(_ command: [String], _ listener: @escaping Listener) async throws {
    try await CommandRun(command: command, environment: variables, directory: surroundings.home, tools: tools).run(listener)
  }

  /// `--system-site-packages` shows those of the Python that a virtual environment was made with, not those of the environment.
  private static func link(_ folder: String, to interpreter: Interpreter) throws {
    guard interpreter.kind == .venv else { return }
    let names = LocalFiles.names(in: folder + "/lib").filter { $0.hasPrefix("python") || $0.hasPrefix("pypy") }
    for name in names {
      let text = interpreter.packages.map { $0 + "\n" }.joined()
      do throws(LocalFileFault) {
        try LocalFiles.writePrivate(Array(text.utf8), to: "\(folder)/lib/\(name)/site-packages/_below.pth")
      } catch {
        throw PluginFailure("cannot link the environment '\(folder)' to '\(interpreter.prefix)': \(error)")
      }
    }
  }

  // MARK: - Refusals

  /// Says what is missing and which command would help.
  func missing(_ interpreter: Interpreter) -> PluginFailure {
    guard interpreter.isRecent else {
      return PluginFailure(
        "cannot start a kernel with '\(interpreter.executable)': its Python is \(interpreter.version ?? ""), and ipykernel needs "
          + "\(Interpreter.oldestWords); name a newer 'interpreter', see kernel.interpreters", code: "python_too_old",
        data: ["interpreter": interpreter.executable], status: .unsupported)
    }
    guard let plan = InstallPlan.into(interpreter, surroundings) else { return managed(interpreter) }
    return PluginFailure(
      "cannot start a kernel with '\(interpreter.executable)': ipykernel is not installed there; run '\(plan.text)', or have it done "
        + "('install'), or leave the environment as it is and use one of ours on top of it ('overlay')", code: "ipykernel_missing",
      data: ["interpreter": interpreter.executable, "command": plan.text], status: .notFound)
  }

  private func managed(_ interpreter: Interpreter) -> PluginFailure {
    PluginFailure(
      "cannot start a kernel with '\(interpreter.executable)': ipykernel is not installed there, and its packages are the system's, "
        + "which pip must not touch; install it with the system's package manager, or use an environment of ours on top of it ('overlay')",
      code: "ipykernel_missing", data: ["interpreter": interpreter.executable], status: .notFound)
  }
}
