// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import jackfield

@Suite struct AttachDialogTests {
  private static func question(_ kind: String, _ body: JSONValue) throws -> AttachQuestion {
    try #require(AttachQuestion(FakeBridge.question(1, kind, body)))
  }

  @Test(
    arguments: [
      ("1", false, .done(["chosen": [0]])), (" 3 ", false, .done(["chosen": [2]])), ("blue", false, .done(["chosen": [1]])),
      ("RED", false, .done(["chosen": [0]])), ("d", false, .done(["chosen": [2]])), ("ar", false, .more(["  3  dark blue"])),
      ("", false, .again("type a number")), ("0", false, .again("there is no 0; type 1 to 3")),
      ("-1", false, .again("there is no -1; type 1 to 3")),
      ("-9223372036854775808", false, .again("there is no -9223372036854775808; type 1 to 3")),
      ("e", false, .more(["  1  red", "  2  blue", "  3  dark blue"])),
      ("1-2", true, .done(["chosen": [0, 1]])), ("3, 1", true, .done(["chosen": [2, 0]])), ("none", true, .done(["chosen": []])),
      ("2-1", true, .again("'2-1' is not within 1 to 3")), ("1-9", true, .again("'1-9' is not within 1 to 3")),
      ("1-99999999999999999999", true, .again("no option holds '1-99999999999999999999'; type a number")),
      ("", true, .again("type numbers, or 'none'")),
    ] as [(String, Bool, DialogStep)])
  func choiceIsANumberOrAName(line: String, many: Bool, step: DialogStep) throws {
    let options: JSONValue = [["label": "red"], ["label": "blue"], ["label": "dark blue"]]
    var dialog = ChoiceDialog(try Self.question("choose", ["message": "?", "options": options, "many": .bool(many)]))
    #expect(dialog.take(line) == step)
  }

  @Test(
    arguments: [
      (["type": "integer"], "7", .value(7)), (["type": "integer"], "7.5", .wrong("type a whole number")),
      (["type": "number"], "1e3", .value(1000.0)), (["type": "number"], "nan", .wrong("type a number")),
      (["type": "boolean"], "Yes", .value(true)), (["type": "boolean"], "2", .wrong("type y or n")),
      (["type": ["string", "null"]], " a ", .value(" a ")),
      (["type": "string", "maxLength": 1], "ab", .wrong("it must have at most 1 characters")),
      (["type": "array", "items": ["type": "integer"]], "1, 2,", .value([1, 2])),
      (["type": "array", "items": ["type": "integer"]], "1, x", .wrong("'x' is no whole number")),
      (["type": "array"], "[1, {}]", .value([1, [:]])), ([:], "{", .wrong("type JSON, as \"a text\", 1 or [1, 2]")),
      (["enum": ["a", 5]], "2", .value(5)), (["enum": ["a", 5]], "A", .value("a")),
      (["enum": ["a", 5]], "3", .wrong("type a number from 1 to 2")),
      (["type": "string"], "", .nothing),
    ] as [(JSONValue, String, FormField.Reading)])
  func fieldTurnsWhatIsTypedIntoAValue(schema: JSONValue, line: String, reading: FormField.Reading) {
    #expect(FormField(path: ["f"], isRequired: false, schema: schema, preset: nil).read(line) == reading)
  }

  // Found by random questions: an index that is none took the terminal down.
  @Test(arguments: [.integer(.max), .integer(-1), [0, .integer(.max)], "x", 2.5] as [JSONValue]) func defaultThatIsNoOptionIsNone(
    preset: JSONValue
  ) throws {
    let dialog = ChoiceDialog(try Self.question("choose", ["message": "?", "options": [["label": "a"]], "default": preset]))
    #expect(dialog.prompt == "1: ")
  }

  @Test func deepFormEndsSomewhere() {
    var schema: JSONValue = ["type": "string"]
    for _ in 0..<100 { schema = ["properties": ["a": schema]] }
    let fields = FormField.all(schema, [:])
    #expect(fields.count == 1 && fields[0].path.count < 30)
  }

  @Test func formWithoutFieldsIsAnsweredByEnter() throws {
    var dialog = FormDialog(try Self.question("form", ["schema": ["type": "object"]]))
    #expect(dialog.prompt == "press Enter: " && dialog.take("") == .done(["values": [:]]))
  }
}
