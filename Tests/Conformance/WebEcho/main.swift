// SPDX-License-Identifier: Apache-2.0
// Gives back every message of a WebSocket: what conformance tests and benchmarks talk to.
//
//     web-echo      prints its port, and ends with its standard input

import Glibc
import WebSockets

var settings = WebServerSettings()
settings.messageSize = 64 << 20
settings.queueSize = 128 << 20
let server = try WebServer(
  settings,
  onUpgrade: { _ in
    .accept { socket in
      { event in
        if case .message(let message) = event { try? socket.post(message) }
      }
    }
  })
print(server.port ?? 0)
fflush(nil)
while readLine() != nil {}
server.stop()
