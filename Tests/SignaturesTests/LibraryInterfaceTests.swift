// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import Signatures

@Suite struct LibraryInterfaceTests {
  /// All that is said against a manifest with one command.
  private func faults(_ signature: String, extra: String = "", library: String = #""libx.so""#) throws -> [String] {
    let text = #"{"library": \#(library), "commands": [{"name": "x.f", "signature": \#(signature)}]\#(extra)}"#
    return try all(JSONValue(parsing: text))
  }

  private func all(_ document: JSONValue) -> [String] {
    do throws(SignatureFaults) {
      _ = try LibraryInterface(document)
      return []
    } catch {
      return error.all.map(\.description)
    }
  }

  @Test func aSoundOneIsRead() throws {
    let text = """
      {"library": "libx.so.1", "handles": {"h": {"free": "h_free"}},
       "commands": [{"name": "x.f", "signature": {"symbol": "f", "returns": "i32", "errors": "negative",
        "args": [{"name": "b", "type": "bytes"}, {"type": "length", "of": "b", "as": "u64"}, {"type": "handle:h", "name": "h"}]}}]}
      """
    let interface = try LibraryInterface(JSONValue(parsing: text))
    #expect(interface.source == .single("libx.so.1") && interface.commands[0].signature.arguments.count == 3)
    #expect(interface.functions.map(\.symbol) == ["f"] && interface.freeing.map(\.symbol) == ["h_free"])
    #expect(interface.commands[0].signature.arguments[1].kind == .length(Argument.Length(buffer: 0, type: .u64, unit: 1)))
    #expect(interface.commands[0].signature.rawInput == nil)  // a handle has to be given too
  }

  @Test(arguments: [
    (#"{}"#, ["'commands[0].signature.symbol' is missing; add it", "'commands[0].signature.returns' is missing; write a type, or 'void'"]),
    (#"7"#, ["'commands[0].signature' is a number; write an object: { … }"]),
    (
      #"{"symbol": "a b", "returns": "void"}"#,
      ["'commands[0].signature.symbol' is 'a b', which C cannot name anything; write the symbol as 'nm -D' shows it"]
    ),
    (#"{"symbol": "f", "returns": "int"}"#, ["'commands[0].signature.returns' is 'int'; write 'i32'"]),
    (
      #"{"symbol": "f", "returns": "bytes"}"#,
      [
        "'commands[0].signature.returns' is 'bytes'; write 'void', 'i8', 'i16', 'i32', 'i64', 'u8', 'u16', 'u32', 'u64', 'f32', 'f64', 'bool', 'cstring', 'handle:NAME' or 'struct:NAME'"
      ]
    ),
    (
      #"{"symbol": "f", "returns": "void", "calls": 1}"#,
      ["'commands[0].signature.calls' has no meaning here; remove it, or write one of 'symbol', 'returns', 'args', 'errors' or 'variadic'"]
    ),
    (
      #"{"symbol": "f", "returns": "handle:h"}"#,
      ["'commands[0].signature.returns' names the handle 'h', which 'handles' does not have; add it there: \"h\": { \"free\": … }"]
    ),
    (
      #"{"symbol": "f", "returns": {"type": "i32", "free": "g"}}"#,
      ["'commands[0].signature.returns.free' has no meaning for what is not copied; name a handle's function in 'handles'"]
    ),
    (
      #"{"symbol": "f", "returns": "void", "errors": "nonzero"}"#,
      [
        "'commands[0].signature.errors' is 'nonzero', which needs a function that returns a whole number; correct one of the two",
        "'commands[0].signature.errors' takes its number from the result, which is none; write \"number\": \"errno\"",
      ]
    ),
    (
      #"{"symbol": "f", "returns": "u32", "errors": "negative"}"#,
      ["'commands[0].signature.errors' is 'negative', which needs a function that returns a signed whole number; correct one of the two"]
    ),
    (
      #"{"symbol": "f", "returns": "f64", "errors": "zero"}"#,
      [
        "'commands[0].signature.errors' is 'zero', which needs a function that returns a whole number, true or false, or a pointer; correct one of the two"
      ]
    ),
    (
      #"{"symbol": "f", "returns": "i32", "errors": "never"}"#,
      ["'commands[0].signature.errors' is 'never'; write 'none', 'nonzero', 'zero', 'negative' or 'errno'"]
    ),
    (
      #"{"symbol": "f", "returns": "i32", "errors": {"when": "nonzero", "texts": {"x": "y"}}}"#,
      ["'commands[0].signature.errors.texts.x' is no number; write such as \"-3\": \"the data are damaged\""]
    ),
  ])
  func functionsThatCannotBeAreExplained(signature: String, sentences: [String]) throws {
    #expect(try faults(signature) == sentences)
  }

  @Test(arguments: [
    (#"{"name": "a", "type": "int"}"#, "type' is 'int'; write 'i32'"),
    (#"{"name": "a", "type": "size_t"}"#, "type' is 'size_t'; write 'u64'"),
    (
      #"{"name": "a", "type": "char *"}"#,
      "type' is 'char *'; write 'cstring', 'bytes', 'handle:NAME', 'struct:NAME', or the type behind the pointer and its 'direction'"
    ),
    (
      #"{"name": "a", "type": "callback"}"#,
      "type' is 'callback'; write 'i8', 'i16', 'i32', 'i64', 'u8', 'u16', 'u32', 'u64', 'f32', 'f64', 'bool', 'cstring', 'bytes', 'length', 'handle:NAME', 'struct:NAME' or 'null'"
    ),
    (#"{"name": "a"}"#, "type' is missing; add it"), (#"{"type": "i32"}"#, "name' is missing; add it"),
    (#"{"name": "0a", "type": "i32"}"#, "name' is '0a'; write letters, digits and '_', at most 64, no digit first"),
    (#"{"name": "a", "type": "i32", "direction": "up"}"#, "direction' is 'up'; write 'in', 'out' or 'inout'"),
    (#"{"name": "a", "type": "i32", "optional": true}"#, "optional' has no meaning for 'i32' with direction 'in'; remove it"),
    (#"{"name": "a", "type": "u8", "default": -1}"#, "default' is -1; write a whole number from 0 to 255"),
    (#"{"name": "a", "type": "f64", "value": "x"}"#, "value' is text; write a number"),
    (#"{"name": "a", "type": "bool", "value": 1}"#, "value' is 1; write true or false"),
    (#"{"name": "a", "type": "cstring", "value": "a\u0000"}"#, "value' is text; write text without a NUL"),
    (
      #"{"name": "a", "type": "i32", "value": 1, "default": 2}"#,
      "default' stands beside 'value'; only one of them can be; remove the other"
    ),
    (#"{"name": "a", "type": "i32", "minimum": 3, "maximum": 2}"#, "maximum' is below 'minimum'; correct one of the two"),
    (#"{"name": "a", "type": "f32", "minimum": 3}"#, "minimum' is for whole numbers; remove it"),
    (
      #"{"name": "a", "type": "bytes", "direction": "out"}"#,
      "capacity' is missing; write how many bytes C may write: 4096, { \"of\": \"argument\" }, or { \"member\": \"capacity\" } to ask the caller"
    ),
    (
      #"{"name": "a", "type": "bytes", "direction": "out", "capacity": 1099511627776}"#,
      "capacity' is 1099511627776; write a number of bytes from 1 to 16777216, or { \"of\": \"argument\" }"
    ),
    (
      #"{"name": "a", "type": "bytes", "direction": "out", "capacity": {"of": "b"}}"#,
      "capacity.of' names 'b', which is no argument of this function; it has 'a'"
    ),
    (
      #"{"name": "a", "type": "bytes", "direction": "out", "capacity": {"of": "a"}}"#,
      "capacity.of' names 'a'; write a whole number or a buffer that goes in, or 'handle.argument' for a number the handle was made with"
    ),
    (
      #"{"name": "a", "type": "bytes", "direction": "out", "capacity": {}}"#,
      "capacity.of' must name one to four arguments whose values are multiplied; write \"of\": \"width\" or \"of\": [\"width\", \"height\"]"
    ),
    (#"{"name": "a", "type": "bytes", "encoding": "rot13"}"#, "encoding' is 'rot13'; write 'base64', 'hex' or 'utf8'"),
    (
      #"{"name": "a", "type": "bytes", "direction": "out", "capacity": 1, "length": "some"}"#,
      "length' is 'some'; write 'all', 'return' or 'nul', or add an argument of type 'length'"
    ),
    (
      #"{"name": "a", "type": "bytes", "direction": "out", "capacity": 1, "length": "return"}"#,
      "length' is 'return', but the function does not return a whole number; correct one"
    ),
    (#"{"type": "length", "of": "b", "as": "u32"}"#, "of' is 'b', which is no argument of type 'bytes'; it has none with a name"),
    (#"{"type": "length", "as": "u32"}"#, "of' is missing; add it"),
    (
      #"{"name": "a", "type": "struct:s"}"#,
      "type' names the struct 's', which 'structs' does not have; add it there: \"s\": { \"fields\": … }"
    ),
  ])
  func argumentsThatCannotBeAreExplained(argument: String, sentence: String) throws {
    #expect(try faults(#"{"symbol": "f", "returns": "void", "args": [\#(argument)]}"#) == ["'commands[0].signature.args[0].\(sentence)"])
  }

  @Test func argumentsHaveALimit() throws {
    func arguments(_ count: Int) -> String {
      (0..<count).map { #"{"name": "a\#($0)", "type": "i32"}"# }.joined(separator: ",")
    }
    #expect(try faults(#"{"symbol": "f", "returns": "void", "args": [\#(arguments(64))]}"#) == [])
    #expect(
      try faults(#"{"symbol": "f", "returns": "void", "args": [\#(arguments(65))]}"#)
        == ["'commands[0].signature.args' has 65 entries; at most 64 are allowed"])
  }

  @Test func namesAreUnique() throws {
    let twice = #"{"name": "a", "type": "i32"}, {"name": "a", "type": "i32"}"#
    #expect(
      try faults(#"{"symbol": "f", "returns": "void", "args": [\#(twice)]}"#)
        == ["'commands[0].signature.args[1].name' is 'a' a second time; rename one"])
    #expect(
      try faults(#"{"symbol": "f", "returns": "i32", "args": [{"name": "result", "type": "i32", "direction": "out"}]}"#)
        == ["'commands[0].signature.args[0].name' is 'result', which the result is named too; rename one"])
  }

  @Test func variableArgumentsAreAsWideAsC() throws {
    let signature =
      #"{"symbol": "f", "returns": "void", "variadic": 1, "args": [{"name": "a", "type": "i8"}, {"name": "b", "type": "TYPE"}]}"#
    for (type, wide) in [("i8", "i32"), ("u16", "u32"), ("bool", "u32"), ("f32", "f64")] {
      #expect(
        try faults(signature.replacing("TYPE", with: type))
          == ["'commands[0].signature.args[1].type' is '\(type)', which C widens in '…'; write '\(wide)'"])
    }
    #expect(try faults(signature.replacing("TYPE", with: "f64")) == [])
    #expect(
      try faults(#"{"symbol": "f", "returns": "void", "variadic": 1}"#)
        == ["'commands[0].signature.variadic' is 1, but there are 0 arguments; write how many the function names"])
  }

  @Test(arguments: [
    (#""../libx.so""#, "'library' is '../libx.so'; write the name of a file beside plugin.json"),
    (#""/a/../libx.so""#, "'library' is '/a/../libx.so'; write the name"), (#""libx""#, "'library' is 'libx'; write the name"),
    (#"7"#, "'library' is a number; write text"), (#""""#, "'library' is empty; write text"),
  ])
  func librariesThatCannotBeAreExplained(library: String, beginning: String) throws {
    let said = try faults(#"{"symbol": "f", "returns": "void"}"#, library: library)
    #expect(said.count == 1 && said[0].hasPrefix(beginning), "\(said)")
  }

  @Test func directoriesOfLibrariesAreAbsolute() throws {
    func said(_ libraries: String) throws -> [String] {
      try all(
        JSONValue(parsing: #"{"libraries": \#(libraries), "commands": [{"name": "x.f", "signature": {"symbol": "f", "returns": "void"}}]}"#)
      )
    }
    #expect(try said(#"{"directory": "/usr/lib/x/", "argument": "effect"}"#) == [])
    #expect(
      try said(#"{"directory": "../x", "argument": "effect"}"#)
        == ["'libraries.directory' is '../x'; write an absolute path without '..'"])
    #expect(try said(#"{"directory": "/x"}"#) == ["'libraries.argument' is missing; add it"])
  }

  @Test func structsThatCannotBeAreExplained() throws {
    let sound = #"{"symbol": "f", "returns": "void"}"#
    func said(_ fields: String) throws -> [String] { try faults(sound, extra: #", "structs": {"s": {"fields": \#(fields)}}"#) }
    #expect(try said("[]") == ["'structs.s.fields' has no fields; write an array of { \"name\": …, \"type\": … }"])
    #expect(try said(#"[{"name": "a", "type": "int"}]"#).first == "'structs.s.fields[0].type' is 'int'; write 'i32'")
    #expect(
      try said(#"[{"name": "a", "type": "u8", "count": 5000}]"#).first
        == "'structs.s.fields[0].count' is 5000; write a whole number from 1 to 4096")
    #expect(
      try said(#"[{"name": "a", "type": "cstring", "count": 2}]"#).first
        == "'structs.s.fields[0].count' stands beside 'cstring'; only arrays of numbers are understood")
    #expect(
      try said(#"[{"name": "a", "type": "u8"}, {"name": "a", "type": "u8"}]"#) == [
        "'structs.s.fields[1].name' is 'a' a second time; rename one"
      ])
    let many = (0..<65).map { #"{"name": "a\#($0)", "type": "u8"}"# }.joined(separator: ",")
    #expect(try said("[\(many)]").first == "'structs.s.fields' has 65 entries; at most 64 are allowed")
  }

  @Test func numbersOfAHandleMustBeKnown() throws {
    func said(_ maker: String) throws -> [String] {
      let put = """
        {"symbol": "put", "returns": "void", "args": [{"name": "h", "type": "handle:h"},
         {"name": "b", "type": "bytes", "size": {"of": "h.width"}}]}
        """
      let text = """
        {"library": "libx.so", "handles": {"h": {}}, "commands": [{"name": "x.put", "signature": \(put)}\(maker)]}
        """
      return try all(JSONValue(parsing: text))
    }
    let place = "'commands[0].signature.args[1].size'"
    #expect(try said("") == ["\(place) wants a number the handle 'h' was made with, but no command makes one; add the command"])
    #expect(
      try said(#", {"name": "x.new", "signature": {"symbol": "new", "returns": "handle:h"}}"#)
        == ["\(place) wants the number 'width' the handle 'h' was made with, but 'x.new' takes none of that name; correct one"])
    #expect(
      try said(
        #", {"name": "x.new", "signature": {"symbol": "new", "returns": "handle:h", "args": [{"name": "width", "type": "u32"}]}}"#) == [])
  }

  @Test func whatIsCalledWithoutACallerAsksNobody() throws {
    let sound = #"{"symbol": "f", "returns": "void"}"#
    let sentence =
      "'onLoad' takes or gives what only a caller can; give each argument a 'value', and let it return a number"
    #expect(
      try faults(sound, extra: #", "onLoad": {"symbol": "g", "returns": "void", "args": [{"name": "a", "type": "i32"}]}"#) == [sentence])
    #expect(
      try faults(sound, extra: #", "onLoad": {"symbol": "g", "returns": "void", "args": [{"name": "a", "type": "i32", "value": 1}]}"#) == []
    )
  }

  @Test func aSchemaOfTheManifestMustFit() throws {
    func said(_ input: String) throws -> [String] {
      let text = """
        {"library": "libx.so", "commands": [{"name": "x.f", "input": {"type": "object", "properties": \(input)},
         "signature": {"symbol": "f", "returns": "void", "args": [{"name": "a", "type": "i32"}, {"name": "b", "type": "f64", "default": 1}]}}]}
        """
      return try all(JSONValue(parsing: text))
    }
    let place = "'commands[0].input.properties"
    #expect(try said(#"{"a": {"type": "integer"}}"#) == [])
    #expect(
      try said(#"{"a": {"type": "string"}}"#) == ["\(place).a.type' is 'string', but the signature says 'integer'; correct one of the two"])
    #expect(
      try said(#"{"c": {}}"#) == [
        "\(place).c' is no value of the signature; remove it, or correct the name",
        "\(place)' does not have 'a', which the signature asks for; add it, or give it a 'default'",
      ])
  }

  @Test func commandsAreNeeded() {
    #expect(all(["library": "libx.so"]) == ["'commands' is missing or empty; add a command for each function"])
    #expect(
      all(["library": "libx.so", "commands": [["name": "x.f"]]]) == ["'commands[0].signature' is missing; add { \"symbol\": … }"])
    #expect(all([:]) == ["'library' is missing; add it"])
    #expect(all([]) == ["'' is an array; write an object: { … }"])
  }
}
