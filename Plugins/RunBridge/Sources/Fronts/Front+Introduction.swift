// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

extension Front.Introduction {
  private static let longestName = 100
  private static let longestPath = 4_096
  private static let longestTitle = 200
  private static let mostOffers = 1_000

  /// Reads the input of `bridge.attach`.
  ///
  /// - Throws: `PluginFailure` with what does not fit.
  init(_ input: JSONValue) throws(PluginFailure) {
    let name = input["name"]?.stringValue ?? ""
    guard !name.isEmpty, name.utf8.count <= Self.longestName else {
      throw Self.wrong("'name' must be a text of 1 to \(Self.longestName) bytes, for people to know this front by")
    }
    let offers = try Self.offers(input["commands"])
    var capabilities = try Self.capabilities(input["capabilities"])
    if !offers.isEmpty { capabilities.insert(.command) }
    guard !capabilities.isEmpty else {
      throw Self.wrong("'capabilities' names nothing it can do; name some of \(Self.known)")
    }
    self.init(name: name, workspace: try Self.workspace(input["workspace"]), capabilities: capabilities, offers: offers)
  }

  private static let known = FrontCapability.allCases.map(\.rawValue).joined(separator: ", ")

  private static func capabilities(_ value: JSONValue?) throws(PluginFailure) -> Set<FrontCapability> {
    var found: Set<FrontCapability> = []
    for element in value?.arrayValue ?? [] {
      guard let capability = element.stringValue.flatMap(FrontCapability.init(rawValue:)) else {
        throw wrong("there is no capability \(element.stringValue.map { "'\($0.clipped(50))'" } ?? "that is no text"); there are \(known)")
      }
      found.insert(capability)
    }
    return found
  }

  private static func workspace(_ value: JSONValue?) throws(PluginFailure) -> String? {
    guard let value, value != .null else { return nil }
    guard let path = value.stringValue, path.hasPrefix("/"), path.utf8.count <= longestPath else {
      throw wrong("'workspace' must be an absolute path")
    }
    return WorkspaceMatch.tidy(path)
  }

  private static func offers(_ value: JSONValue?) throws(PluginFailure) -> [Front.Offer] {
    guard let value, value != .null else { return [] }
    guard let elements = value.arrayValue, elements.count <= mostOffers else {
      throw wrong("'commands' must be a list of at most \(mostOffers) objects with 'name'")
    }
    var offers: [Front.Offer] = []
    for element in elements {
      guard let name = element["name"]?.stringValue, !name.isEmpty, name.utf8.count <= CommandName.longest else {
        throw wrong("each of 'commands' must have a 'name' of 1 to \(CommandName.longest) bytes")
      }
      offers.append(Front.Offer(name: name, title: element["title"]?.stringValue?.clipped(longestTitle)))
    }
    return offers
  }

  private static func wrong(_ reason: String) -> PluginFailure {
    PluginFailure("cannot attach a front: \(reason)", code: "front_invalid", status: .invalid)
  }
}
