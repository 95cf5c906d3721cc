// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// Where Jackfield's SDK is: here its source tree.
let sdk = Context.environment["JACKFIELD_SDK"] ?? "../../.."

let sdkProduct = Target.Dependency.product(name: "PluginSDK", package: "jackfield")

/// A plugin's logic and its entry, in the folder of its example.
func plugin(_ name: String, in folder: String) -> [Target] {
  [
    .target(name: name, dependencies: [sdkProduct], path: "\(folder)/Sources", swiftSettings: [.treatAllWarnings(as: .error)]),
    .target(
      name: "\(name)Entry", dependencies: [.byName(name: name), sdkProduct], path: "\(folder)/Entry",
      swiftSettings: [.treatAllWarnings(as: .error)],
      linkerSettings: [.unsafeFlags(["-Xlinker", "--version-script=\(Context.packageDirectory)/exports.map"])]),
  ]
}

let package = Package(
  name: "plugin-examples",
  products: [
    .library(name: "HelloSwift", type: .dynamic, targets: ["HelloSwiftEntry"]),
    .library(name: "CounterSwift", type: .dynamic, targets: ["CounterSwiftEntry"]),
    .library(name: "TickerSwift", type: .dynamic, targets: ["TickerSwiftEntry"]),
  ],
  dependencies: [.package(name: "jackfield", path: sdk)],
  targets: plugin("HelloSwift", in: "hello") + plugin("CounterSwift", in: "counter") + plugin("TickerSwift", in: "ticker") + [
    .testTarget(
      name: "HelloSwiftTests", dependencies: ["HelloSwift", .product(name: "PluginTestKit", package: "jackfield")], path: "hello/Tests")
  ],
  swiftLanguageModes: [.v6]
)
