// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// All kernels that can be begun on this machine: registered ones, and interpreters with ipykernel. Blocks.
struct SpecCatalog: Sendable {
  private let surroundings: Surroundings
  private let finder: InterpreterFinder

  init(_ surroundings: Surroundings) {
    self.surroundings = surroundings
    finder = InterpreterFinder(surroundings)
  }

  /// The registered ones, usable or not.
  func found(near document: String?) -> [SpecFinder.Found] { SpecFinder(paths(near: document)).all() }

  private func paths(near document: String?) -> JupyterPaths {
    var seen: Set<String> = []
    let environments = (document.map(finder.near) ?? []) + finder.active()
    return JupyterPaths(surroundings, prefixes: environments.map(\.prefix).filter { seen.insert($0).inserted })
  }

  /// Interpreters that have ipykernel and are no registered kernel's.
  func synthetic(near document: String?, besides found: [SpecFinder.Found]) -> [Interpreter] {
    let registered = Set(found.compactMap { try? $0.spec.get().prefix })
    return finder.all(near: document).filter { $0.ipykernel != nil && !registered.contains($0.prefix) }
  }

  func entries(near document: String?) -> [KernelSpecEntry] {
    let found = found(near: document)
    let registered = found.compactMap { try? $0.spec.get() }.map { spec in
      KernelSpecEntry(name: spec.name, displayName: spec.displayName, language: spec.language, provider: "local", source: spec.folder)
    }
    return registered
      + synthetic(near: document, besides: found).map { interpreter in
        KernelSpecEntry(
          name: SyntheticSpec.name(of: interpreter), displayName: interpreter.displayName, language: "python", provider: "local",
          source: interpreter.executable, synthetic: true)
      }
  }

  // MARK: - One of them

  /// The kernel of a name.
  func named(_ name: String, near document: String?) throws -> LocalChoice {
    let found = found(near: document)
    if let one = found.first(where: { $0.name == name.lowercased() }) {
      switch one.spec {
      case .success(let spec): return .spec(spec)
      case .failure(let fault):
        throw PluginFailure(
          "cannot use kernel '\(name)': its '\(one.folder)/kernel.json' is of no use, \(fault.reason); correct it, or install the kernel anew",
          code: "bad_spec", status: .invalid)
      }
    }
    // One without ipykernel has a name too, so that it can be installed by that.
    if let one = finder.all(near: document).first(where: { SyntheticSpec.name(of: $0) == name }) {
      return one.ipykernel == nil ? .needsPackage(one) : .interpreter(one, enters: one)
    }
    let known = entries(near: document).map { "'\($0.name)'" }.joined(separator: ", ")
    throw PluginFailure(
      "there is no kernel '\(name)': \(known.isEmpty ? "none is installed" : "there are \(known)"); see 'kernel.specs'",
      code: "spec_not_found", status: .notFound)
  }

  /// The registered kernel of a name, if it can be used.
  func registered(near document: String?, _ name: String) -> KernelSpec? {
    found(near: document).first { $0.name == name }.flatMap { try? $0.spec.get() }
  }

  /// The first registered kernel of a language.
  func registered(near document: String?, language: String) -> KernelSpec? {
    found(near: document).lazy.compactMap { try? $0.spec.get() }.first { $0.language.lowercased() == language }
  }

  func spec(for language: String, document: String?) throws -> KernelSpec {
    if let spec = registered(near: document, language: language) { return spec }
    throw PluginFailure(
      "there is no kernel for '\(document ?? "")', whose language is '\(language)': no kernelspec has it; install one, or name a 'spec'",
      code: "spec_not_found", status: .notFound)
  }
}
