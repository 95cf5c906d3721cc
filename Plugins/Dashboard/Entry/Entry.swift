// SPDX-License-Identifier: Apache-2.0

internal import Dashboard
public import PluginAPI
internal import PluginSDK

// Written once, before anybody can ask for it, and never again.
nonisolated(unsafe) private let table = unsafe exportPlugin(DashboardPlugin.self)

/// The one symbol the host looks for.
@implementation @c
public func jf_plugin_entry_1() -> UnsafePointer<jf_plugin> { unsafe table }
