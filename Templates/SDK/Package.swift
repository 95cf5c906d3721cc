// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// As in the package these sources come from.
let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
]

let package = Package(
  name: "jackfield",
  products: [
    .library(name: "PluginSDK", type: .static, targets: ["PluginAPI", "PluginSDK"]),
    .library(name: "PluginTestKit", type: .static, targets: ["PluginTestKit"]),
  ],
  targets: [
    .target(name: "PluginAPI"),
    .target(name: "PluginSDK", dependencies: ["PluginAPI"], swiftSettings: swiftSettings),
    .target(name: "PluginTestKit", dependencies: ["PluginAPI", "PluginSDK"], swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
