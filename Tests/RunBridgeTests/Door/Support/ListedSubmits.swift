// SPDX-License-Identifier: Apache-2.0

import JSON

@testable import RunBridge

/// Takes posted answers by their resume token.
struct ListedSubmits: SubmitTaking {
  func isSecret(_ secret: String) async -> Bool { secret == "the secret of 5" }

  func take(_ submit: PostedSubmit) async -> SubmitOutcome {
    if case .operation = submit.right { return .accepted(operation: 5) }
    switch submit.resumeToken {
    case "waiting": return .accepted(operation: submit.result)
    case "done": return .completed
    case "broken": return .failed("cannot keep the answer: the disk is full")
    default: return .unknown
    }
  }
}
