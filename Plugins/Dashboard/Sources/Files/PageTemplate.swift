// SPDX-License-Identifier: Apache-2.0

/// Fills in where the page and its files are.
enum PageTemplate {
  static func filled(_ file: WebFile, base: BasePath, assets: String) -> WebFile {
    let text = String(decoding: file.body, as: UTF8.self)
      .replacing("{{base}}", with: WordsPage.escaped(base.text)).replacing("{{assets}}", with: WordsPage.escaped(assets))
    return WebFile(type: file.type, body: Array(text.utf8))
  }
}
