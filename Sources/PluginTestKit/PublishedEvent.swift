// SPDX-License-Identifier: Apache-2.0

public import PluginSDK

/// One event the plugin published.
public struct PublishedEvent: Sendable, Hashable {
  /// The topic.
  public let topic: String
  /// What was published.
  public let payload: Payload

  /// What was published, as text.
  public var text: String { payload.text }
}
