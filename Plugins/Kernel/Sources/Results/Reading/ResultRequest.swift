// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// What `results.get` and `results.list` are asked for.
struct ResultRequest: Decodable, Sendable {
  enum View: String, Decodable, Sendable {
    case headTail = "head_tail"
    case full
  }

  var id: String?
  var document: String?
  var line: Int?
  var kernel: String?
  var view: View?
  var accept: [String]?
  var output: Int?
  var mime: String?
  var offset: Int?
  var limit: Int?
  var plain: Bool?
  var outputs: Bool?
}
