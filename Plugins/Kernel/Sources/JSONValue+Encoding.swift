// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON

extension JSONValue {
  /// A value as its JSON.
  init(encoding value: some Encodable) throws { self = try JSONValue(parsing: Array(JSONEncoder().encode(value))) }
}
