// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Writes a Jupyter notebook of format 4.5.
///
/// Source: nbformat's schema, v4.5: what a type's value may be, which members an output has and has not.
enum NotebookExport {
  static func text(_ pieces: [ExportPiece]) -> String {
    let cells = pieces.enumerated().filter { !$0.element.isBlank || $0.element.result != nil }.map { cell($0.element, $0.offset) }
    let notebook: JSONValue = [
      "cells": .array(cells), "metadata": ["language_info": ["name": "python"]], "nbformat": 4, "nbformat_minor": 5,
    ]
    return notebook.serialized(pretty: true) + "\n"
  }

  private static func cell(_ piece: ExportPiece, _ number: Int) -> JSONValue {
    var about: JSONValue = [:]
    if let row = piece.result {
      about = ["freshness": .string(row.freshness.rawValue), "state": .string(row.state), "stale": .bool(row.isStale)]
    }
    return [
      "cell_type": "code", "id": .string(id(piece, number)), "source": .string(piece.source),
      "metadata": about == [:] ? [:] : ["jackfield": about],
      "execution_count": piece.result?.executionCount.map { .integer($0) } ?? .null, "outputs": .array(piece.outputs.map(output)),
    ]
  }

  /// 1 to 64 letters, digits, hyphens and underscores, once in a notebook.
  private static func id(_ piece: ExportPiece, _ number: Int) -> String {
    guard let row = piece.result else { return "code-\(number)" }
    let allowed = row.id.unicodeScalars.filter { $0.isASCII && ($0.properties.isAlphabetic || "0"..."9" ~= $0 || $0 == "-" || $0 == "_") }
    return "\(number)-" + String(String.UnicodeScalarView(allowed.prefix(50)))
  }

  private static func output(_ output: ExportOutput) -> JSONValue {
    switch output {
    case .text(let name, let text): return ["output_type": "stream", "name": .string(name), "text": .string(text)]
    case .note(let text): return ["output_type": "stream", "name": "stderr", "text": .string(text + "\n")]
    case .error(let name, let value, let traceback):
      return [
        "output_type": "error", "ename": .string(name), "evalue": .string(value), "traceback": .array(traceback.map { .string($0) }),
      ]
    case .bundle(let isResult, let count, let data, let metadata):
      var value: JSONValue = ["data": .object(fitted(data)), "metadata": .object(metadata)]
      value["output_type"] = isResult ? "execute_result" : "display_data"
      if isResult { value["execution_count"] = count.map { .integer($0) } ?? .null }
      return value
    }
  }

  /// All but JSON types are text there; what came otherwise is written as the text of its JSON.
  private static func fitted(_ data: [String: JSONValue]) -> [String: JSONValue] {
    var fitted: [String: JSONValue] = [:]
    for (type, value) in data {
      let isText = value.stringValue != nil || value.arrayValue?.allSatisfy { $0.stringValue != nil } == true
      fitted[type] = isText || isJSON(type) ? value : .string(value.serialized())
    }
    return fitted
  }

  private static func isJSON(_ type: String) -> Bool {
    if type == "application/json" { return true }
    // The schema's own pattern: a word, a slash, words, "+json".
    let parts = type.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    return parts.count == 2 && type.hasSuffix("+json") && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isWord) }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "-_.+".utf8.contains(byte)
    }
  }
}
