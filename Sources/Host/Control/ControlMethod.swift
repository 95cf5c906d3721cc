// SPDX-License-Identifier: Apache-2.0

/// What a client can ask for.
enum ControlMethod: String, CaseIterable {
  case commandList = "command/list"
  case commandCall = "command/call"
  case callCancel = "call/cancel"
  case callGrant = "call/grant"
  case eventSubscribe = "event/subscribe"
  case eventUnsubscribe = "event/unsubscribe"
  case pluginList = "plugin/list"
  case pluginInfo = "plugin/info"
  case pluginEnable = "plugin/enable"
  case pluginDisable = "plugin/disable"
  case pluginReload = "plugin/reload"
  case pluginAllow = "plugin/allow"
  case hostStatus = "host/status"
  case hostReload = "host/reload"
  case hostStop = "host/stop"
  case configShow = "config/show"

  /// - Throws: a sentence with the nearest method there is.
  init(named name: String) throws(ControlError) {
    if let method = Self(rawValue: name) {
      self = method
      return
    }
    let hint = NearMiss.closest(to: name, in: Self.allCases.map(\.rawValue)).map { "; did you mean '\($0)'?" }
    throw .unknownMethod("there is no method '\(name)'" + (hint ?? "; commands of plugins are called with 'command/call'"))
  }
}
