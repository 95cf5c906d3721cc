// SPDX-License-Identifier: Apache-2.0

import FFI
import JSON
import PluginSDK

/// What one call needs, kept for the next one of the same command: memory, a parser, room for the arguments.
/// Sendable, because: the plan gives it to one call at a time.
final class Workspace: @unchecked Sendable {
  let frame: CallFrame
  /// For what C reads or writes through pointers and is of a known size.
  let fixed: ForeignMemory
  private let parser = JSONParser()
  /// The values of the input's members, by their numbers.
  private(set) var elements: [JSONElement?]
  /// By argument: a whole number that goes in, or the length of a buffer.
  var numbers: [Int]
  /// By argument: the memory of a buffer.
  var buffers: [ForeignMemory?]
  /// By argument: what a handle stands for.
  var things: [HandleTable.Entry?]
  /// Texts that C may read during the call.
  var texts: [ForeignMemory] = []
  private let fixedSize: Int

  init(arguments: Int, members: Int, fixedSize: Int) {
    frame = CallFrame(arguments: arguments)
    // At most 64 small places: a machine that has not even that has ended us before.
    fixed = ForeignMemory(count: fixedSize)!
    self.fixedSize = fixedSize
    elements = Array(repeating: nil, count: members)
    numbers = Array(repeating: 0, count: arguments)
    buffers = Array(repeating: nil, count: arguments)
    things = Array(repeating: nil, count: arguments)
  }

  /// Reads the input and finds its members.
  func read(_ input: Span<UInt8>, for plan: CommandPlan) throws(PluginFailure) {
    guard !input.isEmpty else { return }
    let root: JSONElement
    do throws(JSONError) { root = try parser.parse(input) } catch { throw plan.failure("its input is \(error)") }
    guard root.kind == .object else { throw plan.failure("its input is \(root.inWords); send an object: { … }") }
    try root.forEachMemberBytes { name, element throws(PluginFailure) in
      guard let member = Self.member(name, plan.members) else {
        let known = plan.members.map { "'\(String(decoding: $0, as: UTF8.self))'" }.joined(separator: ", ")
        throw plan.failure(
          "it has no argument '\(String(decoding: [UInt8](copying: name), as: UTF8.self))'; \(known.isEmpty ? "it takes none" : "it takes \(known)")"
        )
      }
      // What is null counts as left out.
      elements[member] = element.kind == .null ? nil : element
    }
  }

  private static func member(_ name: Span<UInt8>, _ members: [[UInt8]]) -> Int? {
    for index in members.indices where members[index].count == name.count && equal(name, members[index]) { return index }
    return nil
  }

  private static func equal(_ name: Span<UInt8>, _ member: [UInt8]) -> Bool {
    for index in name.indices where name[index] != member[index] { return false }
    return true
  }

  /// Forgets the call.
  func clear() {
    for index in elements.indices { elements[index] = nil }
    for index in buffers.indices where buffers[index] != nil { buffers[index] = nil }
    for index in things.indices where things[index] != nil { things[index] = nil }
    if !texts.isEmpty { texts.removeAll() }
    if fixedSize > 0 { fixed.clear() }
  }
}
