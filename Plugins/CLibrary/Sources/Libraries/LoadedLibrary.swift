// SPDX-License-Identifier: Apache-2.0

import FFI
import PluginSDK
import Signatures

/// One C library in this process, with the functions that the commands call.
final class LoadedLibrary: Sendable {
  /// What callers name it by; empty when there is only one.
  let name: String
  /// By the number of the command; nil: the library does not have it.
  private let functions: [ForeignFunction?]
  /// By symbol.
  private let freeing: [String: ForeignFunction]
  private let leaving: (plan: CommandPlan, function: ForeignFunction)?

  /// Loads the library and calls its `onLoad`.
  ///
  /// - Parameter isComplete: Whether every function has to be there.
  init(_ path: String, name: String, rites: LibraryRites, isComplete: Bool) throws {
    let library = try Self.loaded { () throws(FFIError) in try ForeignLibrary(path: path) }
    let interface = rites.interface
    self.name = name
    functions = try interface.commands.map { command in
      try Self.function(command.signature.symbol, library, isNeeded: isComplete)
    }
    freeing = try Dictionary(
      interface.freeing.compactMap { symbol, _ in try Self.function(symbol, library, isNeeded: isComplete).map { (symbol, $0) } },
      uniquingKeysWith: { first, _ in first })
    leaving = try rites.leaving.flatMap { plan in try Self.function(plan.signature.symbol, library, isNeeded: true).map { (plan, $0) } }
    if let plan = rites.entering, let function = try Self.function(plan.signature.symbol, library, isNeeded: true) {
      try plan.run(function, in: self)
    }
  }

  private static func function(_ symbol: String, _ library: ForeignLibrary, isNeeded: Bool) throws -> ForeignFunction? {
    do throws(FFIError) { return try library.function(symbol) } catch {
      guard isNeeded else { return nil }
      throw PluginFailure("\(error)", code: "no_function", status: .notFound)
    }
  }

  private static func loaded<Value>(_ body: () throws(FFIError) -> Value) throws(PluginFailure) -> Value {
    do throws(FFIError) { return try body() } catch { throw PluginFailure("\(error)", code: "not_loadable", status: .failed) }
  }

  /// The function of a command.
  func function(of plan: CommandPlan) throws(PluginFailure) -> ForeignFunction {
    if let function = functions[plan.index] { return function }
    throw PluginFailure(
      "cannot call '\(plan.name)': '\(name)' has no function '\(plan.signature.symbol)'", code: "no_function", status: .unsupported)
  }

  /// Calls a function that frees what an address leads to.
  func free(_ address: UInt64, with symbol: String) {
    guard address != 0, let function = freeing[symbol] else { return }
    let frame = CallFrame(arguments: 1)
    frame[0] = address
    Self.freeingCall.call(function, frame)
  }

  // A pointer to nothing is what libffi can always prepare.
  private static let freeingCall = try! CallInterface(returning: .void, taking: [.pointer])

  /// Calls its `onUnload`. The library itself stays.
  func close() {
    // Nobody is there to be told that it failed.
    if let (plan, function) = leaving { try? plan.run(function, in: self) }
  }
}

/// What is done with every library when it comes and goes.
struct LibraryRites: Sendable {
  let interface: LibraryInterface
  let entering: CommandPlan?
  let leaving: CommandPlan?

  init(_ configuration: AdapterConfiguration) throws(PluginFailure) {
    let interface = configuration.interface
    self.interface = interface
    func plan(_ name: String, _ signature: Signature?) throws(PluginFailure) -> CommandPlan? {
      guard let signature else { return nil }
      return try CommandPlan(name, signature, index: 0, in: interface, libraryArgument: nil, settings: configuration.settings)
    }
    entering = try plan("onLoad", interface.onLoad)
    leaving = try plan("onUnload", interface.onUnload)
  }
}
