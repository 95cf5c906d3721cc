// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import RunBridge

@Suite struct WireIdentityTests {
  @Test(
    arguments: [
      (#"{"id": 12, "type"#, 12), (#"{"id":12}"#, 12), (#"  {"id" : "a\"b" , "#, "a\"b"),
      (#"{"a": {"id": 1}, "b": ["id", {"id": 2}], "id": 3,"#, 3),
      (#"{"text": "\"id\": 4", "id": 5 "#, 5), (#"{"id": 12"#, nil), (#"{"id": "a"#, nil), (#"{"id": "a""#, nil), (#"{"id": nan,"#, nil),
      (#"{"id": null,"#, nil), (#"{"id": [1],"#, nil), (#"["id": 1]"#, nil), (#"{"a": "id": 1,"#, 1), (#"{"a": 1}"#, nil), ("", nil),
      ("\"", nil),
      (#"{"\"#, nil), ("}}}{{{", nil), (#"{"ID": 1, "idd": 2, "di": 3,"#, nil),
    ] as [(String, JSONValue?)]) func whatTheBeginningShows(text: String, id: JSONValue?)
  {
    #expect(WireIdentity.find(in: Array(text.utf8)) == id)
  }
}
