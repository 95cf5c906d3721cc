// SPDX-License-Identifier: Apache-2.0

import FFI
import JSON
import PluginSDK
import Signatures
import Synchronization

/// A command with everything about it that does not change from call to call: types prepared for libffi, places, names.
final class CommandPlan: Sendable {
  let name: String
  let signature: Signature
  /// Its number in the manifest.
  let index: Int
  let arguments: [ArgumentPlan]
  let interface: CallInterface
  let handleTypes: [String: HandleType]
  /// The struct that the function returns.
  let resultLayout: StructLayout
  let resultKey: [UInt8]
  /// The names of the input's members, by their numbers.
  let members: [[UInt8]]
  /// The number of the member that names the library.
  let libraryMember: Int?
  let rawInput: Int?
  let rawOutput: Int?
  /// Whether it gives out handles.
  let makesHandles: Bool
  private let fixedSize: Int
  private let idle = Mutex<[Workspace]>([])

  init(
    _ name: String, _ signature: Signature, index: Int, in interface: LibraryInterface, libraryArgument: String?,
    settings: [String: JSONValue]
  ) throws(PluginFailure) {
    self.name = name
    self.signature = signature
    self.index = index
    handleTypes = interface.handles
    var members = MemberList()
    libraryMember = libraryArgument.map { members.add($0) }
    var places = 0
    arguments = try Self.arguments(signature, name, interface, settings, &members, &places)
    self.members = members.names
    fixedSize = places
    resultLayout =
      if case .structure(let name) = signature.returns.kind { interface.structs[name] ?? StructLayout() } else { StructLayout() }
    resultKey = Self.key(signature.returns.name)
    // A raw payload has no place for the name of a library.
    rawInput = libraryArgument == nil ? signature.rawInput : nil
    rawOutput = signature.rawOutput
    makesHandles = interface.handles.keys.contains { signature.makes($0) }
    self.interface = try Self.prepared(signature, name)
  }

  private static func arguments(
    _ signature: Signature, _ command: String, _ interface: LibraryInterface, _ settings: [String: JSONValue], _ members: inout MemberList,
    _ places: inout Int
  ) throws(PluginFailure) -> [ArgumentPlan] {
    var plans: [ArgumentPlan] = []
    for argument in signature.arguments {
      var place: Int?
      if let room = ArgumentPlan.room(argument, interface.structs) {
        place = places
        places += (room + 15) / 16 * 16
      }
      var capacityMember: Int?
      if argument.direction == .out, case .member(let name, _)? = argument.buffer?.capacity { capacityMember = members.add(name) }
      let layout = if case .structure(let name) = argument.kind { interface.structs[name] ?? StructLayout() } else { StructLayout() }
      plans.append(
        ArgumentPlan(
          argument: argument, member: argument.isAsked ? members.add(argument.name) : nil, capacityMember: capacityMember, place: place,
          preset: try ArgumentPlan.preset(argument, command: command, settings: settings), layout: layout, key: key(argument.name)))
    }
    return plans
  }

  private static func prepared(_ signature: Signature, _ command: String) throws(PluginFailure) -> CallInterface {
    let types = signature.arguments.map { argument in
      switch ArgumentPlan.foreign(argument) {
      case .scalar(let type): type.foreign
      case .address: ForeignType.pointer
      }
    }
    do throws(FFIError) {
      return try CallInterface(returning: result(signature.returns.kind), taking: types, fixed: signature.fixedArguments)
    } catch {
      throw PluginFailure("cannot make '\(command)' a command: \(error)", status: .invalid)
    }
  }

  private static func result(_ kind: ReturnValue.Kind) -> ForeignType {
    switch kind {
    case .void: .void
    case .scalar(let type): type.foreign
    case .text, .handle, .structure: .pointer
    }
  }

  private static func key(_ name: String) -> [UInt8] { Array("\"\(name)\":".utf8) }

  // MARK: Calls

  /// Answers one call of the command.
  func answer(_ input: Span<UInt8>, _ content: Content, shelf: LibraryShelf, handles: HandleTable) throws -> Payload {
    let work = borrow()
    defer { giveBack(work) }
    let isRaw = content != .json
    if isRaw { try requireRaw(content) } else { try work.read(input, for: self) }
    let library = try shelf.library(try libraryName(work), for: name)
    var call = CommandCall(plan: self, work: work, library: library, handles: handles)
    return try call.run(try library.function(of: self), raw: isRaw ? [UInt8](copying: input) : nil)
  }

  private func requireRaw(_ content: Content) throws(PluginFailure) {
    guard content == .bytes else { throw failure("its input is neither JSON nor raw bytes; send JSON") }
    guard rawInput != nil else {
      throw failure("raw bytes are for a command with one buffer and nothing else that must be given; send JSON")
    }
  }

  private func libraryName(_ work: Workspace) throws(PluginFailure) -> String {
    guard let member = libraryMember else { return "" }
    guard let element = work.elements[member] else { throw missing(member) }
    guard let text = element.string else { throw wrong(member, Misfit("is \(element.inWords); write the name of a library")) }
    return text
  }

  /// Calls a function that takes nothing from a caller, such as `onLoad`.
  func run(_ function: ForeignFunction, in library: LoadedLibrary) throws {
    let work = borrow()
    defer { giveBack(work) }
    var call = CommandCall(plan: self, work: work, library: library, handles: HandleTable())
    _ = try call.run(function, raw: nil)
  }

  private func borrow() -> Workspace {
    idle.withLock { $0.popLast() } ?? Workspace(arguments: arguments.count, members: members.count, fixedSize: fixedSize)
  }

  private func giveBack(_ work: Workspace) {
    work.clear()
    idle.withLock { $0.append(work) }
  }

  // MARK: Sentences

  func failure(_ cause: String, status: PluginFailure.Status = .invalid) -> PluginFailure {
    PluginFailure("cannot call '\(name)': \(cause)", code: "invalid_argument", status: status)
  }

  func wrong(_ member: Int, _ misfit: Misfit) -> PluginFailure { wrong(memberName(member), misfit) }

  func wrong(_ name: String, _ misfit: Misfit) -> PluginFailure {
    failure("'\(name)' \(misfit.cause)", status: misfit.isTooLarge ? .tooLarge : .invalid)
  }

  func missing(_ member: Int) -> PluginFailure { failure("'\(memberName(member))' is missing; add it") }

  func memberName(_ member: Int) -> String { String(decoding: members[member], as: UTF8.self) }
}

/// The members of an input, numbered as they are first named.
private struct MemberList {
  private(set) var names: [[UInt8]] = []

  mutating func add(_ name: String) -> Int {
    names.append(Array(name.utf8))
    return names.count - 1
  }
}
