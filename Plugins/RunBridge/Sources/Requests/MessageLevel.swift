// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// How much a message matters.
enum MessageLevel: String, Sendable {
  case info, warning, error

  /// What is none of these is info.
  init(_ value: JSONValue?) { self = value?.stringValue.flatMap(MessageLevel.init(rawValue:)) ?? .info }
}
