// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Dashboard

@Suite struct PageSessionTests {
  @Test func twoSessionsOfTheSameNameAreTheSame() {
    #expect(PageSession(id: "a", isReadOnly: true) == PageSession(id: "a", isReadOnly: true))
  }
}
