// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// Where Jackfield's SDK was when this project was made. Another place: JACKFIELD_SDK=DIR swift build
let sdk = Context.environment["JACKFIELD_SDK"] ?? "__SDK__"

let package = Package(
  name: "__ID__",
  products: [.library(name: "__MODULE__", type: .dynamic, targets: ["__MODULE__Entry"])],
  dependencies: [.package(name: "jackfield", path: sdk)],
  targets: [
    .target(
      name: "__MODULE__", dependencies: [.product(name: "PluginSDK", package: "jackfield")], path: "Sources",
      swiftSettings: [.treatAllWarnings(as: .error)]),
    // One file. A target of its own, because the tests of two plugins could not be linked together with it.
    .target(
      name: "__MODULE__Entry", dependencies: ["__MODULE__", .product(name: "PluginSDK", package: "jackfield")], path: "Entry",
      swiftSettings: [.treatAllWarnings(as: .error)],
      linkerSettings: [.unsafeFlags(["-Xlinker", "--version-script=\(Context.packageDirectory)/exports.map"])]),
    .testTarget(
      name: "__MODULE__Tests", dependencies: ["__MODULE__", .product(name: "PluginTestKit", package: "jackfield")], path: "Tests"),
  ],
  swiftLanguageModes: [.v6]
)
