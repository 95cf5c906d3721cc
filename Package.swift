// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// For every Swift target: the Swift 7 defaults early, and no warning left standing.
let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// A plugin leaves exactly one symbol visible: `jf_plugin_entry_1`.
let exportOnlyTheEntry: [LinkerSetting] = [
  .unsafeFlags(["-Xlinker", "--version-script=\(Context.packageDirectory)/Plugins/exports.map"])
]

// MARK: - The contract

var targets: [Target] = [
  .target(name: "PluginAPI"),  // C headers only
  .target(name: "PluginSDK", dependencies: ["PluginAPI"]),
  .target(name: "PluginTestKit", dependencies: ["PluginAPI", "PluginSDK"]),
]

// MARK: - C libraries of the system

targets += systemLibrary("Archive", apt: "libarchive-dev")
targets += systemLibrary("Crypto", apt: "libssl-dev")
targets += systemLibrary("EditLine", apt: "libedit-dev")
targets += systemLibrary("SQLite", apt: "libsqlite3-dev")
targets += systemLibrary("FFI", apt: "libffi-dev")
targets += systemLibrary("WebSockets", apt: "libwebsockets-dev")
targets += systemLibrary("ZeroMQ", apt: "libzmq3-dev")
targets += [
  // simdjson is C++: one file turns what we use of it into C.
  .target(name: "CSimdjson", path: "Sources/System/CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),
  .target(name: "JSON", dependencies: ["CSimdjson"]),
  .target(name: "Signatures", dependencies: ["JSON"]),
  // Calls of the kernel that Swift's Glibc module does not show.
  .target(name: "CLinux", path: "Sources/System/CLinux"),
  .target(name: "Processes", dependencies: ["CLinux"]),
  // Cuts what debug adapters and editors say into messages; looks at nothing but the header.
  .target(name: "DebugProtocol"),
  // Finds the statement at a line of Python text. No input, no output, no Python.
  .target(name: "PythonBlocks"),
]

// MARK: - Host

targets += [
  .target(name: "PluginBridge", dependencies: ["PluginAPI", "JSON", "CLinux"]),
  .target(name: "Host", dependencies: ["PluginBridge", "PluginAPI", "Crypto", "JSON", "Signatures", "CLinux"]),
  .executableTarget(name: "jackfield", dependencies: ["Host", "PluginBridge", "JSON", "EditLine", "DebugProtocol"]),
  .executableTarget(name: "Runner", dependencies: ["PluginBridge", "CLinux"]),
  // Keeps the connections of scripts while no host is there.
  .executableTarget(name: "jackfield-holder", dependencies: ["Processes", "CLinux"], path: "Sources/Holder"),
  // One step of `jackfield plugins check`, in a process that the plugin may take down.
  .executableTarget(
    name: "jackfield-check", dependencies: ["PluginTestKit", "PluginSDK", "PluginAPI", "JSON", "CLinux"], path: "Sources/Checker"),
]

// MARK: - Benchmarks, in this package because they measure what only this package may see

targets += [
  .executableTarget(name: "benchmarks", dependencies: ["Host", "PluginBridge"], path: "Benchmarks/Switchboard")
]

// MARK: - Judges: they compare with Python itself, attack, and measure

targets += [
  .executableTarget(name: "python-blocks", dependencies: ["PythonBlocks"], path: "Tests/PythonBlocksProgram"),
  // These look inside a plugin, so their release builds need `-enable-testing`; see the Makefile.
  .executableTarget(name: "kernel-bench", dependencies: ["Kernel"], path: "Benchmarks/Kernel"),
  .executableTarget(name: "bridge-bench", dependencies: ["RunBridge", "JSON"], path: "Benchmarks/Bridge"),
  .executableTarget(name: "bridge-wire-fuzz", dependencies: ["RunBridge", "JSON", "WebSockets"], path: "Tests/Fuzz/BridgeWire"),
  .executableTarget(name: "web-echo", dependencies: ["WebSockets"], path: "Tests/Conformance/WebEcho"),
  .executableTarget(name: "dap-fuzz", dependencies: ["DebugProtocol"], path: "Tests/Fuzz/Dap"),
  .executableTarget(name: "kernel-wire-fuzz", dependencies: ["Kernel", "JSON"], path: "Tests/Fuzz/KernelWire"),
]

// Only where libFuzzer is linked along; see `make fuzz`.
if Context.environment["JACKFIELD_FUZZ"] != nil {
  targets += [
    .target(name: "FuzzMain", path: "Tests/Fuzz/GuidedMain", publicHeadersPath: "."),  // C
    .executableTarget(
      name: "guided-fuzz", dependencies: ["FuzzMain", "RunBridge", "WebSockets", "DebugProtocol", "JSON"], path: "Tests/Fuzz/Guided",
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]),
  ]
}

// MARK: - Plugins

targets += plugin("CLibrary", uses: ["FFI", "JSON", "Signatures"])  // the adapter for plugins of kind "c-library"
targets += plugin("Dashboard", uses: ["WebSockets", "Crypto", "JSON", "CLinux"])
targets += plugin("Export", uses: ["Archive", "Crypto", "SQLite", "JSON", "CLinux"])
targets += plugin("Health", uses: ["JSON"])
targets += plugin("Kernel", uses: ["ZeroMQ", "WebSockets", "Processes", "PythonBlocks", "Crypto", "SQLite", "JSON", "CLinux"])
targets += plugin("RunBridge", uses: ["WebSockets", "Processes", "Crypto", "SQLite", "JSON", "CLinux"])
targets += plugin("Store", uses: ["Crypto", "SQLite", "JSON", "CLinux"])
targets += plugin("Trainer", uses: ["CLinux", "JSON", "Processes"])

// MARK: - Tests

targets += [
  // A plugin whose commands trap, in Swift; for tests alone.
  .target(
    name: "SwiftFault", dependencies: ["PluginSDK", "PluginAPI"], path: "Tests/Fixtures/SwiftFault", exclude: ["plugin.json"],
    linkerSettings: exportOnlyTheEntry),
  .target(name: "SanitizedMutex", path: "Tests/SanitizedMutex", publicHeadersPath: "."),  // C, for `make tsan`; empty otherwise
  .target(name: "SmallDisk", path: "Tests/SmallDisk"),  // a full disk, for the tests of Store, Export and the whole
  .testTarget(name: "ArchiveTests", dependencies: ["Archive"]),
  .testTarget(name: "CheckerTests", dependencies: ["jackfield-check", "Host", "PluginSDK", "PluginTestKit", "JSON"]),
  .testTarget(name: "CommandLineTests", dependencies: ["jackfield", "Host", "PluginBridge", "JSON", "DebugProtocol"]),
  .testTarget(name: "CryptoTests", dependencies: ["Crypto"]),
  .testTarget(name: "EditLineTests", dependencies: ["EditLine"]),
  .testTarget(name: "EndToEndTests", dependencies: ["Host", "JSON", "PluginTestKit", "SmallDisk"]),
  .testTarget(name: "FFITests", dependencies: ["FFI"]),
  .testTarget(name: "HostTests", dependencies: ["Host", "PluginBridge", "PluginAPI", "JSON", "SanitizedMutex"]),
  .testTarget(name: "JSONTests", dependencies: ["JSON"]),
  .testTarget(name: "PluginAPITests", dependencies: ["PluginAPI"], exclude: ["Levels"]),  // read by Tools/abi-snapshot
  .testTarget(name: "PluginSDKTests", dependencies: ["PluginSDK", "PluginTestKit", "PluginAPI"]),
  .testTarget(name: "ProcessesTests", dependencies: ["Processes"]),
  .testTarget(name: "PythonBlocksTests", dependencies: ["PythonBlocks"]),
  .testTarget(name: "SQLiteTests", dependencies: ["SQLite"]),
  .testTarget(name: "SignaturesTests", dependencies: ["Signatures", "JSON"]),
  .testTarget(name: "WebServerTests", dependencies: ["WebSockets"], exclude: ["Support/clients.py"]),
  .testTarget(name: "WebSocketsTests", dependencies: ["WebSockets"], exclude: ["Support/peer.py"]),
  .testTarget(name: "ZeroMQTests", dependencies: ["ZeroMQ"]),
]

for target in targets {
  switch target.type {
  case .regular, .executable: target.swiftSettings = swiftSettings + [.strictMemorySafety()]
  case .test: target.swiftSettings = swiftSettings
  default: break
  }
}

let package = Package(
  name: "jackfield",
  products: [
    .executable(name: "jackfield", targets: ["jackfield"]),
    .executable(name: "jackfield-runner", targets: ["Runner"]),
    .library(name: "CLibrary", type: .dynamic, targets: ["CLibraryEntry"]),
    .executable(name: "jackfield-check", targets: ["jackfield-check"]),
    .executable(name: "jackfield-holder", targets: ["jackfield-holder"]),
    .library(name: "Dashboard", type: .dynamic, targets: ["DashboardEntry"]),
    .library(name: "Export", type: .dynamic, targets: ["ExportEntry"]),
    .library(name: "Health", type: .dynamic, targets: ["HealthEntry"]),
    .library(name: "Kernel", type: .dynamic, targets: ["KernelEntry"]),
    .library(name: "RunBridge", type: .dynamic, targets: ["RunBridgeEntry"]),
    .library(name: "Store", type: .dynamic, targets: ["StoreEntry"]),
    .library(name: "Trainer", type: .dynamic, targets: ["TrainerEntry"]),
    .library(name: "FaultyPlugin", type: .dynamic, targets: ["SwiftFault"]),  // for tests alone
    .library(name: "PluginSDK", type: .static, targets: ["PluginAPI", "PluginSDK"]),
    .library(name: "PluginTestKit", type: .static, targets: ["PluginTestKit"]),
  ],
  targets: targets,
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11,
  cxxLanguageStandard: .cxx17
)

/// The module map of one C library and the Swift target that wraps it.
func systemLibrary(_ name: String, apt package: String) -> [Target] {
  [
    .systemLibrary(name: "C\(name)", path: "Sources/System/C\(name)", providers: [.apt([package])]),
    .target(name: name, dependencies: [.byName(name: "C\(name)")]),
  ]
}

/// A plugin's logic, its entry, and its tests.
func plugin(_ name: String, uses libraries: [Target.Dependency] = []) -> [Target] {
  [
    .target(name: name, dependencies: ["PluginSDK"] + libraries, path: "Plugins/\(name)/Sources"),
    .target(
      name: "\(name)Entry", dependencies: [.byName(name: name), "PluginAPI", "PluginSDK"],
      path: "Plugins/\(name)/Entry", linkerSettings: exportOnlyTheEntry),
    .testTarget(name: "\(name)Tests", dependencies: [.byName(name: name), "PluginSDK", "PluginTestKit", "SmallDisk"] + libraries),
  ]
}
