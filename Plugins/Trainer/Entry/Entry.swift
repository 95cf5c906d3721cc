// SPDX-License-Identifier: Apache-2.0

public import PluginAPI
internal import PluginSDK
internal import Trainer

// Written once, before anybody can ask for it, and never again.
nonisolated(unsafe) private let table = unsafe exportPlugin(TrainerPlugin.self)

/// What the host looks for in the library: the plugin's table.
@implementation @c
public func jf_plugin_entry_1() -> UnsafePointer<jf_plugin> { unsafe table }
