// SPDX-License-Identifier: Apache-2.0

/// The plugin's configuration. Names and defaults as in plugin.json.
struct BridgeSettings: Decodable, Sendable {
  /// Whether runs may begin.
  let enabled: Bool
  let door: DoorSettings
  let runs: RunSettings
  let requests: RequestSettings
  let fronts: FrontSettings
  let chat: ChatSettings
  let operations: OperationSettings

  private enum Key: String, CodingKey { case enabled, fronts, chat, operations }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    enabled = try values.decodeIfPresent(Bool.self, forKey: .enabled) ?? true
    door = try DoorSettings(from: decoder)
    runs = try RunSettings(from: decoder)
    requests = try RequestSettings(from: decoder)
    fronts = try values.decodeIfPresent(FrontSettings.self, forKey: .fronts) ?? FrontSettings()
    chat = try values.decodeIfPresent(ChatSettings.self, forKey: .chat) ?? ChatSettings()
    operations = try values.decodeIfPresent(OperationSettings.self, forKey: .operations) ?? OperationSettings()
  }
}
