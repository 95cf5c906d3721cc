// SPDX-License-Identifier: Apache-2.0
public import PluginSDK
public final class TrainerPlugin: Plugin {
  public static let id = "trainer"
  public static let version = "0.1.0"
  public init(_ context: PluginContext) throws {}
}
