// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import Signatures

/// One argument with everything about it that does not change from call to call.
struct ArgumentPlan: Sendable {
  /// A value that no caller gives.
  enum Preset: Sendable {
    case none
    case bits(UInt64)
    case text([UInt8])
  }

  let argument: Argument
  /// The number of the member of the input, if callers give it.
  let member: Int?
  /// The number of the member that says how much room a buffer gets.
  let capacityMember: Int?
  /// Where its place in the fixed memory of a call begins; nil when it needs none.
  let place: Int?
  let preset: Preset
  /// Of a struct.
  let layout: StructLayout
  /// Its name as a JSON text with a colon, for the answer.
  let key: [UInt8]

  /// How much fixed memory an argument needs; nil: none.
  static func room(_ argument: Argument, _ structs: [String: StructLayout]) -> Int? {
    switch argument.kind {
    case .scalar: argument.isByPointer || argument.direction != .in ? 8 : nil
    case .text: argument.isByPointer || argument.direction == .out ? 8 : nil
    case .length: argument.direction == .in ? nil : 8
    case .handle: argument.direction == .out ? 8 : nil
    case .structure(let name): structs[name]?.size ?? 8
    case .buffer, .null: nil
    }
  }

  static func preset(_ argument: Argument, command: String, settings: [String: JSONValue]) throws(PluginFailure) -> Preset {
    let value: JSONValue
    switch argument.preset {
    case .none: return .none
    case .value(let given), .otherwise(let given): value = given
    case .setting(let name):
      guard let given = settings[name] else {
        throw PluginFailure(
          "'\(command)' takes '\(argument.name)' from the setting '\(name)', which there is not; add it to 'config.schema' with a default",
          status: .invalid)
      }
      value = given
    }
    if case .text = argument.kind, let text = value.stringValue, !text.utf8.contains(0) { return .text(Array(text.utf8)) }
    if case .scalar(let type) = argument.kind, let bits = type.bits(value) { return .bits(bits) }
    throw PluginFailure(
      "'\(command)' takes '\(argument.name)' from a setting or the manifest, and \(value.serialized()) does not fit it; correct it",
      status: .invalid)
  }
}

extension ArgumentPlan {
  /// How libffi passes it.
  static func foreign(_ argument: Argument) -> ForeignKind {
    switch argument.kind {
    case .scalar(let type) where !argument.isByPointer && argument.direction == .in: .scalar(type)
    case .length(let length) where argument.direction == .in: .scalar(length.type)
    case .scalar, .text, .buffer, .length, .handle, .structure, .null: .address
    }
  }

  enum ForeignKind {
    case scalar(ScalarType)
    case address
  }
}
