// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The plugin's settings; meanings and defaults stand in plugin.json.
struct HealthConfiguration: Sendable {
  var watches = WatchSettings()
  var checks = CheckThresholds()
  var host = HostThresholds()

  init(_ configuration: PluginContext.Configuration) throws {
    let values = try JSONValue(parsing: configuration.bytes)
    readChecks(values["checks"] ?? [:])
    readWatches(values["watches"] ?? [:])
    let host = values["host"] ?? [:]
    self.host.diskWarningBytes = host["diskWarningBytes"]?.intValue.map(Int64.init) ?? self.host.diskWarningBytes
    self.host.diskFailedBytes = host["diskFailedBytes"]?.intValue.map(Int64.init) ?? self.host.diskFailedBytes
  }

  private mutating func readChecks(_ values: JSONValue) {
    checks.throughputDrop = values["throughputDrop"]?.doubleValue ?? checks.throughputDrop
    checks.deadWarning = values["deadWarning"]?.doubleValue ?? checks.deadWarning
    checks.deadFailed = values["deadFailed"]?.doubleValue ?? checks.deadFailed
    checks.saturatedWarning = values["saturatedWarning"]?.doubleValue ?? checks.saturatedWarning
    checks.saturatedFailed = values["saturatedFailed"]?.doubleValue ?? checks.saturatedFailed
  }

  private mutating func readWatches(_ values: JSONValue) {
    let (notFinite, diverging, plateau) = (values["lossNotFinite"], values["diverging"], values["plateau"])
    watches.notFinite.on = notFinite?["on"]?.boolValue ?? true
    watches.notFinite.recoverySteps = notFinite?["recoverySteps"]?.intValue ?? watches.notFinite.recoverySteps
    watches.diverging.on = diverging?["on"]?.boolValue ?? true
    watches.diverging.factor = diverging?["factor"]?.doubleValue ?? watches.diverging.factor
    watches.diverging.window = diverging?["window"]?.intValue ?? watches.diverging.window
    watches.plateau.on = plateau?["on"]?.boolValue ?? true
    watches.plateau.relative = plateau?["relative"]?.doubleValue ?? watches.plateau.relative
    watches.plateau.steps = plateau?["steps"]?.intValue ?? watches.plateau.steps
    readRates(values)
  }

  private mutating func readRates(_ values: JSONValue) {
    let (throughput, gradient, silence) = (values["throughput"], values["gradient"], values["silent"])
    watches.throughput.on = throughput?["on"]?.boolValue ?? true
    watches.throughput.drop = throughput?["drop"]?.doubleValue ?? watches.throughput.drop
    watches.throughput.window = throughput?["window"]?.intValue ?? watches.throughput.window
    watches.gradient.on = gradient?["on"]?.boolValue ?? true
    watches.gradient.explosion = gradient?["explosion"]?.doubleValue ?? watches.gradient.explosion
    watches.gradient.vanishing = gradient?["vanishing"]?.doubleValue ?? watches.gradient.vanishing
    watches.gradient.window = gradient?["window"]?.intValue ?? watches.gradient.window
    watches.silence.on = silence?["on"]?.boolValue ?? true
    watches.silence.seconds = silence?["seconds"]?.doubleValue ?? watches.silence.seconds
    watches.plugins.on = values["plugins"]?["on"]?.boolValue ?? true
    watches.plugins.seconds = values["plugins"]?["seconds"]?.doubleValue ?? watches.plugins.seconds
  }
}
