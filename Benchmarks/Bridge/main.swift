// SPDX-License-Identifier: Apache-2.0
// The bridge's door alone, for a client that measures it: everybody is let in, and every request is answered at once.
//
//     bridge-bench      prints its port, and ends with its standard input

import Glibc
import JSON

@testable import RunBridge

struct Everybody: RunAuthority, RequestAnswering, OperationKeeping, SubmitTaking {
  func caller(token: String, session: String?, connection: UInt?) -> Caller? { caller(run: "bench", connection: connection ?? 0) }
  func caller(run: String, connection: UInt) -> Caller? {
    Caller(run: run, name: run, workspace: nil, scopes: .ordinary, connection: connection)
  }
  func connected(_ caller: Caller) {}
  func disconnected(_ caller: Caller) {}
  func started(_ start: OperationStart, by caller: Caller) {}
  func isSecret(_ secret: String) async -> Bool { false }
  func take(_ submit: PostedSubmit) async -> SubmitOutcome { .unknown }

  func answer(_ request: BridgeRequest, from caller: Caller, part: @escaping @Sendable (JSONValue) -> Void) async throws -> JSONValue {
    request.type == "bench/echo" ? request.params : [:]
  }
}

var settings = DoorSettings()
settings.connections = 4_096
settings.requestsPerSecond = 10_000_000
let door = BridgeDoor(settings: settings)
let everybody = Everybody()
door.join(DoorPartners(authority: everybody, answering: everybody, operations: everybody, submits: everybody))
print(try await door.start())
fflush(nil)
while readLine() != nil {}
await door.stop()
