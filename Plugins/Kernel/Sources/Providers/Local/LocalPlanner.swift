// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK

/// Settles what an order leaves open. Blocks.
struct LocalPlanner: Sendable {
  private let surroundings: Surroundings
  private let reader: InterpreterReader
  private let finder: InterpreterFinder

  init(_ surroundings: Surroundings) {
    self.surroundings = surroundings
    reader = InterpreterReader(surroundings: surroundings)
    finder = InterpreterFinder(surroundings)
  }

  // MARK: - Which kernel

  /// The interpreter that was named; else the kernelspec that was named; else what fits the document.
  func choose(_ order: KernelOrder) throws -> LocalChoice {
    if let interpreter = order.interpreter { return Self.choice(try reader.resolve(interpreter)) }
    let catalog = SpecCatalog(surroundings)
    if let name = order.spec { return try catalog.named(name, near: order.document) }
    let language = DocumentLanguage.of(order.document)
    guard language == "python" else { return .spec(try catalog.spec(for: language, document: order.document)) }
    if let nearest = finder.nearest(to: order.document) { return Self.choice(nearest) }
    if let found = catalog.registered(near: order.document, "python3") ?? catalog.registered(near: order.document, language: "python") {
      return .spec(found)
    }
    if let usual = finder.shell() { return Self.choice(usual) }
    let interpreters = finder.all(near: order.document).filter(\.isRecent)
    guard let best = interpreters.first(where: { $0.ipykernel != nil }) ?? interpreters.first else {
      throw PluginFailure(
        "cannot choose a kernel: there is no Python from \(Interpreter.oldestWords) on on this machine and no kernelspec for it; name an 'interpreter' "
          + "or a 'spec'", code: "no_interpreter", status: .notFound)
    }
    return Self.choice(best)
  }

  private static func choice(_ interpreter: Interpreter) -> LocalChoice {
    // Of one whose folders say nothing it is seen when it starts.
    if interpreter.ipykernel == nil, interpreter.version != nil { return .needsPackage(interpreter) }
    return .interpreter(interpreter, enters: interpreter)
  }

  // MARK: - The plan

  func plan(_ order: KernelOrder, _ choice: LocalChoice) throws -> KernelPlan {
    let spec: KernelSpec
    let entered: Interpreter?
    switch choice {
    case .spec(let found): (spec, entered) = (found, environment(of: found))
    case .interpreter(let interpreter, let enters):
      spec = SyntheticSpec.of(interpreter)
      entered = enters
    case .needsPackage(let interpreter):
      spec = SyntheticSpec.of(interpreter)
      entered = interpreter
    }
    var plan = KernelPlan(
      order: order, spec: spec.name, displayName: entered.map { displayName($0, spec) } ?? spec.displayName, language: spec.language)
    plan.workingDirectory = try workingDirectory(order)
    plan.environment = try variables(order, spec, entered)
    plan.command = try command(spec, plan.environment) + (order.arguments ?? [])
    plan.interruptMode = spec.interruptMode
    let traits = KernelTraits.of(plan.command)
    plan.supportsCurve = spec.supportsCurve
    plan.usesSockets = traits.usesSockets
    plan.registers = traits.registers
    return plan
  }

  private func displayName(_ interpreter: Interpreter, _ spec: KernelSpec) -> String {
    spec.folder.isEmpty ? interpreter.displayName : spec.displayName
  }

  /// The one a registered kernel lies in, or whose Python its command names.
  private func environment(of spec: KernelSpec) -> Interpreter? {
    if spec.command[0].hasPrefix("/"), InterpreterReader.isPythonName(Path.name(of: spec.command[0])),
      LocalFiles.isExecutable(spec.command[0])
    {
      return reader.read(executable: spec.command[0])
    }
    return spec.prefix.flatMap { reader.read(folder: $0) }
  }

  private func workingDirectory(_ order: KernelOrder) throws -> String {
    let directory = order.workingDirectory ?? order.document.map(Path.parent) ?? surroundings.home
    guard directory.hasPrefix("/"), !directory.utf8.contains(0), LocalFiles.isDirectory(directory) else {
      throw PluginFailure(
        "cannot start a kernel in '\(directory)': there is no such folder; give the 'working_directory' from the root on",
        code: "no_folder",
        status: .invalid)
    }
    return directory
  }

  // MARK: - Variables

  private func variables(_ order: KernelOrder, _ spec: KernelSpec, _ entered: Interpreter?) throws -> [String: String] {
    var variables = surroundings.environment
    for inherited in ["JPY_PARENT_PID", "JPY_SESSION_NAME", "JPY_INTERRUPT_EVENT", LocalKernel.marker, "SWIFT_BACKTRACE"] {
      variables[inherited] = nil
    }
    // A plugin in a process of its own has few variables; programs need to know where home is.
    if variables["HOME"] == nil { variables["HOME"] = surroundings.home }
    if variables["PATH"] == nil { variables["PATH"] = "/usr/local/bin:/usr/bin:/bin" }
    if let entered { Activation.enter(entered, &variables) }
    let before = variables.merging(order.environment) { $1 }
    for (name, value) in spec.environment { variables[name] = SpecTemplate.expand(value, before) }
    for (name, value) in order.environment {
      guard !name.isEmpty, !name.contains("="), !(name + value).utf8.contains(0) else {
        throw PluginFailure("cannot set the variable '\(name)': a name has no '=', and neither it nor its value NUL", status: .invalid)
      }
      variables[name] = value
    }
    if let document = order.document { variables["JPY_SESSION_NAME"] = document }
    if !order.outlivesHost { variables["JPY_PARENT_PID"] = "\(getpid())" }
    return variables
  }

  // MARK: - Command

  private func command(_ spec: KernelSpec, _ variables: [String: String]) throws -> [String] {
    let prefix = spec.prefix ?? "/usr"
    let values = ["resource_dir": spec.folder, "prefix": prefix]
    var words = spec.command.map { SpecTemplate.fill($0, values) }
    words[0] = try program(words[0], spec, variables)
    return words
  }

  /// Of the environment the kernelspec lies in, else by PATH.
  private func program(_ name: String, _ spec: KernelSpec, _ variables: [String: String]) throws -> String {
    if name.contains("/") {
      let path = name.hasPrefix("/") || spec.folder.isEmpty ? name : spec.folder + "/" + name
      guard LocalFiles.isExecutable(path) else { throw absent(path, spec, "there is no such program") }
      return path
    }
    if let prefix = spec.prefix {
      let names = isPlainPython(name) ? [name, "python", "python3"] : [name]
      if let own = names.lazy.map({ "\(prefix)/bin/\($0)" }).first(where: LocalFiles.isExecutable) { return own }
    }
    let folders = Surroundings.folders(variables["PATH"] ?? "")
    let names = isPlainPython(name) ? [name, "python3", "python"] : [name]
    for name in names { if let found = Surroundings.find(name, in: folders) { return found } }
    throw absent(name, spec, "it is in no folder of PATH")
  }

  /// "python", "python3", "python3.11".
  private func isPlainPython(_ name: String) -> Bool {
    name.hasPrefix("python") && name.dropFirst(6).allSatisfy { $0.isASCII && $0.isNumber || $0 == "." }
  }

  private func absent(_ program: String, _ spec: KernelSpec, _ reason: String) -> PluginFailure {
    PluginFailure(
      "cannot start kernel '\(spec.name)' of '\(spec.folder)': its program is '\(program)', and \(reason); install it, or register the "
        + "kernel anew", code: "program_missing", status: .notFound)
  }
}
