// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// A command on the switchboard, with who answers it and how it has been doing.
package final class RegisteredCommand: Sendable {
  package let description: CommandDescription
  package let provider: any CommandProvider
  package let statistics: CommandStatistics

  init(description: CommandDescription, provider: any CommandProvider, statistics: CommandStatistics) {
    self.description = description
    self.provider = provider
    self.statistics = statistics
  }
}
