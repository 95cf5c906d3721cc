// SPDX-License-Identifier: Apache-2.0

/// What a watch can raise an alert about.
enum AlertKind: String, Sendable, CaseIterable {
  case lossNotFinite = "loss_not_finite"
  case diverging, plateau
  case throughputDrop = "throughput_drop"
  case gradientExplosion = "gradient_explosion"
  case gradientVanishing = "gradient_vanishing"
  case silent
  case pluginTrouble = "plugin_trouble"

  /// How much it matters: info, warning or error.
  var severity: String {
    switch self {
    case .lossNotFinite, .diverging: "error"
    case .pluginTrouble, .gradientExplosion, .gradientVanishing, .throughputDrop, .silent: "warning"
    case .plateau: "info"
    }
  }
}
