// SPDX-License-Identifier: Apache-2.0

/// Thresholds of the watches; meanings and defaults stand in plugin.json.
struct WatchSettings: Sendable, Equatable {
  struct NotFinite: Sendable, Equatable {
    var on = true
    var recoverySteps = 20
  }

  struct Diverging: Sendable, Equatable {
    var on = true
    var factor = 2.0
    var window = 50
  }

  struct Plateau: Sendable, Equatable {
    var on = true
    var relative = 0.01
    var steps = 2_000
  }

  struct ThroughputDrop: Sendable, Equatable {
    var on = true
    var drop = 0.5
    var window = 50
  }

  struct Gradient: Sendable, Equatable {
    var on = true
    var explosion = 20.0
    var vanishing = 0.001
    var window = 20
  }

  struct Silence: Sendable, Equatable {
    var on = true
    var seconds = 300.0
  }

  struct Plugins: Sendable, Equatable {
    var on = true
    var seconds = 2.0
  }

  var notFinite = NotFinite()
  var diverging = Diverging()
  var plateau = Plateau()
  var throughput = ThroughputDrop()
  var gradient = Gradient()
  var silence = Silence()
  var plugins = Plugins()
}
