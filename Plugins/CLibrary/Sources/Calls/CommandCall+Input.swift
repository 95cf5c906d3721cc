// SPDX-License-Identifier: Apache-2.0
// From JSON to what C takes.

import FFI
import JSON
import PluginSDK
import Signatures

extension CommandCall {
  /// Fills the frame: what stands by itself, then buffers whose size follows from that, then lengths of buffers.
  func fill(_ raw: [UInt8]?) throws(PluginFailure) {
    for index in plan.arguments.indices { try fillFirst(index, raw) }
    for index in plan.arguments.indices {
      if let buffer = plan.arguments[index].argument.buffer { try fillBuffer(index, buffer) }
    }
    for index in plan.arguments.indices {
      if case .length(let length) = plan.arguments[index].argument.kind { try fillLength(index, length) }
    }
  }

  private func fillFirst(_ index: Int, _ raw: [UInt8]?) throws(PluginFailure) {
    let argument = plan.arguments[index]
    switch argument.argument.kind {
    case .scalar(let type): try fillScalar(index, argument, type)
    case .text: try fillText(index, argument)
    case .buffer(let buffer) where argument.argument.goesIn:
      if index == plan.rawInput, let raw { try keep(raw, index, argument) } else { try fillBytes(index, argument, buffer) }
    case .handle(let type, _): try fillHandle(index, argument, type)
    case .structure: try fillStruct(index, argument)
    case .null: work.frame[index] = 0
    case .buffer, .length: break
    }
  }

  private func element(_ argument: ArgumentPlan) -> JSONElement? { argument.member.flatMap { work.elements[$0] } }

  private func missing(_ argument: ArgumentPlan) -> PluginFailure { plan.failure("'\(argument.argument.name)' is missing; add it") }

  /// Runs a conversion and puts its fault into a sentence with the argument's name.
  private func named<Value>(_ argument: ArgumentPlan, _ body: () throws(Misfit) -> Value) throws(PluginFailure) -> Value {
    do throws(Misfit) { return try body() } catch { throw plan.wrong(argument.argument.name, error) }
  }

  /// The address of an argument's place.
  private func address(_ argument: ArgumentPlan) -> UInt64 { work.fixed.address + UInt64(argument.place ?? 0) }

  // MARK: Numbers, texts, handles

  private func fillScalar(_ index: Int, _ argument: ArgumentPlan, _ type: ScalarType) throws(PluginFailure) {
    var bits: UInt64 = 0
    if argument.argument.goesIn {
      if let element = element(argument) {
        bits = try named(argument) { () throws(Misfit) in try Self.bits(element, type, argument.argument.range) }
      } else if case .bits(let preset) = argument.preset {
        bits = preset
      } else {
        throw missing(argument)
      }
    }
    // What does not fit is no size of anything, and is refused where it is used as one.
    work.numbers[index] = type == .u64 && bits > UInt64(Int.max) ? -1 : Int(type.integer(bits))
    guard let place = argument.place else { return work.frame[index] = bits }
    work.fixed.store(bits, size: type.size, at: place)
    work.frame[index] = address(argument)
  }

  private static func bits(_ element: JSONElement, _ type: ScalarType, _ range: ClosedRange<Int>?) throws(Misfit) -> UInt64 {
    let bits = try type.bits(element)
    guard let range else { return bits }
    let isInside = type == .u64 && bits > UInt64(Int.max) ? range.upperBound == Int.max : range.contains(Int(type.integer(bits)))
    if isInside { return bits }
    throw Misfit("is \(element.inWords); write a whole number from \(range.lowerBound) to \(range.upperBound)")
  }

  private func fillText(_ index: Int, _ argument: ArgumentPlan) throws(PluginFailure) {
    let pointer = argument.argument.goesIn ? try text(argument) : 0
    guard let place = argument.place else { return work.frame[index] = pointer }
    work.fixed.store(pointer, size: 8, at: place)
    work.frame[index] = address(argument)
  }

  /// The address of a text for C; 0 when it is left out and may be.
  private func text(_ argument: ArgumentPlan) throws(PluginFailure) -> UInt64 {
    if let element = element(argument) {
      let bytes = try named(argument) { () throws(Misfit) in try Self.characters(element) }
      return try keep(text: bytes, argument.argument.name)
    }
    if case .text(let preset) = argument.preset { return try keep(text: preset, argument.argument.name) }
    guard argument.argument.isOptional else { throw missing(argument) }
    return 0
  }

  private static func characters(_ element: JSONElement) throws(Misfit) -> [UInt8] {
    guard let bytes = element.withText({ [UInt8](copying: $0) }) else { throw Misfit("is \(element.inWords); write text") }
    guard !bytes.contains(0) else { throw Misfit("has a NUL, which ends a text in C; leave it out") }
    guard bytes.count < Limits.bytes else { throw Misfit("has \(bytes.count) bytes; a text has less than 16 MiB", isTooLarge: true) }
    return bytes
  }

  private func keep(text: [UInt8], _ name: String) throws(PluginFailure) -> UInt64 {
    let memory = try memory(text.count + 1, name)
    memory.store(text)
    work.texts.append(memory)
    return memory.address
  }

  private func memory(_ count: Int, _ name: String) throws(PluginFailure) -> ForeignMemory {
    if let memory = ForeignMemory(count: count) { return memory }
    throw plan.failure("the system has no \(count) bytes for '\(name)'; try again later", status: .busy)
  }

  private func fillHandle(_ index: Int, _ argument: ArgumentPlan, _ type: String) throws(PluginFailure) {
    guard argument.argument.goesIn else { return work.frame[index] = address(argument) }
    guard let element = element(argument) else {
      guard argument.argument.isOptional else { throw missing(argument) }
      return work.frame[index] = 0
    }
    let entry = try named(argument) { () throws(Misfit) in try thing(element, type) }
    work.things[index] = entry
    work.frame[index] = entry.address
  }

  private func thing(_ element: JSONElement, _ type: String) throws(Misfit) -> HandleTable.Entry {
    guard let id = element.int else { throw Misfit("is \(element.inWords); write the number of a handle of '\(type)'") }
    do throws(HandleTable.Fault) { return try handles.find(id, type: type, in: library) } catch {
      switch error {
      case .gone: throw Self.gone(id)
      case .otherType(let other): throw Misfit("is \(id), which is a handle of '\(other)', not of '\(type)'")
      case .otherLibrary(let other): throw Misfit("is \(id), which belongs to '\(other)', not to '\(library.name)'")
      }
    }
  }

  // MARK: Structs

  private func fillStruct(_ index: Int, _ argument: ArgumentPlan) throws(PluginFailure) {
    guard let place = argument.place else { return }
    if argument.argument.goesIn {
      guard let element = element(argument) else {
        guard argument.argument.isOptional else { throw missing(argument) }
        return work.frame[index] = 0
      }
      guard element.kind == .object else {
        throw plan.wrong(argument.argument.name, Misfit("is \(element.inWords); write an object: { … }"))
      }
      try element.forEachMember { name, value throws(PluginFailure) in try fillField(name, value, argument, place) }
    }
    work.frame[index] = address(argument)
  }

  private func fillField(_ name: String, _ value: JSONElement, _ argument: ArgumentPlan, _ place: Int) throws(PluginFailure) {
    guard let field = argument.layout.fields.first(where: { $0.name == name && $0.kind != .pointer }) else {
      let known = argument.layout.fields.filter { $0.kind != .pointer }.map { "'\($0.name)'" }.joined(separator: ", ")
      throw plan.wrong(argument.argument.name, Misfit("has no field '\(name)'; it has \(known)"))
    }
    // Left out or null is zero, as in C.
    guard value.kind != .null else { return }
    let path = "\(argument.argument.name).\(name)"
    do throws(Misfit) { try store(value, field.kind, at: place + field.offset) } catch { throw plan.wrong(path, error) }
  }

  private func store(_ value: JSONElement, _ kind: StructLayout.Field.Kind, at offset: Int) throws(Misfit) {
    switch kind {
    case .scalar(let type): work.fixed.store(try type.bits(value), size: type.size, at: offset)
    case .array(let type, let count): try store(array: value, type, count, at: offset)
    case .characters(let count):
      let bytes = try Self.characters(value)
      guard bytes.count < count else { throw Misfit("has \(bytes.count) bytes; there is room for \(count - 1)") }
      work.fixed.store(bytes, at: offset)
    case .text:
      let bytes = try Self.characters(value)
      guard let memory = ForeignMemory(count: bytes.count + 1) else { throw Misfit("is more than the system has memory for") }
      memory.store(bytes)
      work.texts.append(memory)
      work.fixed.store(memory.address, size: 8, at: offset)
    case .pointer: break
    }
  }

  private func store(array value: JSONElement, _ type: ScalarType, _ count: Int, at offset: Int) throws(Misfit) {
    guard value.kind == .array else { throw Misfit("is \(value.inWords); write an array of at most \(count) numbers") }
    var index = 0
    try value.forEachElement { element throws(Misfit) in
      guard index < count else { throw Misfit("has more than \(count) elements; leave some out") }
      do throws(Misfit) {
        work.fixed.store(try type.bits(element), size: type.size, at: offset + index * type.size)
      } catch { throw Misfit("has an element \(index) that \(error.cause)") }
      index += 1
    }
  }

  // MARK: Buffers

  private func fillBytes(_ index: Int, _ argument: ArgumentPlan, _ buffer: Argument.Buffer) throws(PluginFailure) {
    guard let element = element(argument) else {
      guard argument.argument.isOptional else { throw missing(argument) }
      work.numbers[index] = 0
      return work.frame[index] = 0
    }
    try keep(try named(argument) { () throws(Misfit) in try buffer.encoding.bytes(element) }, index, argument)
  }

  private func keep(_ bytes: [UInt8], _ index: Int, _ argument: ArgumentPlan) throws(PluginFailure) {
    guard bytes.count <= Limits.bytes else {
      throw plan.wrong(
        argument.argument.name, Misfit("has \(bytes.count) bytes; at most \(Limits.bytes) (16 MiB) are taken", isTooLarge: true))
    }
    let memory = try memory(bytes.count, argument.argument.name)
    memory.store(bytes)
    work.buffers[index] = memory
    work.numbers[index] = bytes.count
    work.frame[index] = memory.address
  }

  /// Checks the size of a buffer that went in; makes room for one that comes out.
  private func fillBuffer(_ index: Int, _ buffer: Argument.Buffer) throws(PluginFailure) {
    let argument = plan.arguments[index]
    let name = argument.argument.name
    if let rule = buffer.size, work.buffers[index] != nil {
      let size = try size(rule, name)
      guard work.numbers[index] == size else {
        throw plan.wrong(name, Misfit("has \(work.numbers[index]) bytes; it must have \(size)"))
      }
    }
    guard argument.argument.direction == .out else { return }
    let count = try capacity(argument, buffer)
    let memory = try memory(count, name)
    work.buffers[index] = memory
    work.numbers[index] = count
    work.frame[index] = memory.address
  }

  private func capacity(_ argument: ArgumentPlan, _ buffer: Argument.Buffer) throws(PluginFailure) -> Int {
    switch buffer.capacity {
    case .rule(let rule): return try size(rule, argument.argument.name)
    case .member(let name, let usual):
      guard let element = argument.capacityMember.flatMap({ work.elements[$0] }) else {
        guard let usual else { throw plan.failure("'\(name)' is missing; add it") }
        return usual
      }
      guard let count = element.int, 1...Int64(Limits.bytes) ~= count else {
        throw plan.wrong(name, Misfit("is \(element.inWords); write a number of bytes from 1 to \(Limits.bytes)", isTooLarge: true))
      }
      return Int(count)
    }
  }

  private func size(_ rule: SizeRule, _ name: String) throws(PluginFailure) -> Int {
    let values = rule.factors.map { factor in
      switch factor {
      case .argument(let index): work.numbers[index]
      case .maker(let handle, let argument): work.things[handle]?.facts[argument] ?? 0
      }
    }
    if let size = rule.size(values) { return size }
    throw plan.failure("the size of '\(name)' would be below zero or above \(Limits.bytes) bytes (16 MiB); ask for less", status: .tooLarge)
  }

  private func fillLength(_ index: Int, _ length: Argument.Length) throws(PluginFailure) {
    let argument = plan.arguments[index]
    let buffer = plan.arguments[length.buffer].argument.name
    let bytes = work.numbers[length.buffer]
    guard bytes % length.unit == 0 else {
      throw plan.wrong(buffer, Misfit("has \(bytes) bytes, which is no multiple of \(length.unit); complete the last element"))
    }
    guard let bits = length.type.bits(Int64(bytes / length.unit)) else {
      throw plan.wrong(buffer, Misfit("has \(bytes) bytes, more than a '\(length.type.rawValue)' can say; send less", isTooLarge: true))
    }
    guard let place = argument.place else { return work.frame[index] = bits }
    work.fixed.store(bits, size: length.type.size, at: place)
    work.frame[index] = address(argument)
  }
}
