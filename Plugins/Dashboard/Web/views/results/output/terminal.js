// SPDX-License-Identifier: Apache-2.0
// Text as it comes, the way a terminal shows it: carriage return, backspace and erasing of the line. What the host keeps went through
// its own model.

const mostLines = 2000;
const longestLine = 16_384;
const colour = /\u001b\[[0-9;:]*m/y;
const other = /\u001b\[([0-?]*)[ -/]*([@-~])|\u001b\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?/y;

/** Takes text in pieces and gives the lines that stand there; `dropped` says how many lines went at the beginning. */
export class Terminal {
  #lines = [];
  #cells = [];
  #column = 0;
  #style = "";
  #rest = "";
  dropped = 0;

  write(piece) {
    let text = this.#rest + piece;
    this.#rest = "";
    // An escape that is cut off waits for its end.
    const cut = /\u001b(?:\[[0-?]{0,64}|\][^\u0007\u001b\n]{0,512})?$/.exec(text);
    if (cut) {
      this.#rest = cut[0];
      text = text.slice(0, cut.index);
    }
    for (let index = 0; index < text.length;) index = this.#take(text, index);
  }

  /** The text with its colours. */
  text() {
    return [...this.#lines, this.#lineText()].join("\n");
  }

  clear() {
    this.#lines = [];
    this.#cells = [];
    this.#column = 0;
    this.dropped = 0;
  }

  #take(text, index) {
    const character = String.fromCodePoint(text.codePointAt(index));
    if (character === "\n") this.#newLine();
    else if (character === "\r") this.#column = 0;
    else if (character === "\b") this.#column = Math.max(0, this.#column - 1);
    else if (character === "\u001b") return this.#escape(text, index);
    else this.#put(character);
    return index + character.length;
  }

  #put(character) {
    if (this.#column >= longestLine) return;
    while (this.#cells.length < this.#column) this.#cells.push([" ", ""]);
    this.#cells[this.#column] = [character, this.#style];
    this.#column += 1;
  }

  #newLine() {
    this.#lines.push(this.#lineText());
    this.#cells = [];
    this.#column = 0;
    if (this.#lines.length <= mostLines) return;
    this.dropped += this.#lines.length - mostLines;
    this.#lines.splice(0, this.#lines.length - mostLines);
  }

  #lineText() {
    let text = "";
    let style = "";
    for (const [character, wanted] of this.#cells) {
      if (wanted !== style) text += wanted ? `\u001b[0m${wanted}` : "\u001b[0m";
      style = wanted;
      text += character;
    }
    return style ? `${text}\u001b[0m` : text;
  }

  #escape(text, index) {
    colour.lastIndex = other.lastIndex = index;
    const change = colour.exec(text);
    if (change) {
      this.#style = /\[(?:0?|.*;0)m$/.test(change[0]) ? "" : `${this.#style}${change[0]}`.slice(-256);
      return index + change[0].length;
    }
    const match = other.exec(text);
    if (match?.[2] === "K") this.#erase(match[1]);
    return index + (match?.[0].length || 1);
  }

  #erase(how) {
    if (how === "2") this.#cells = [];
    else if (how === "1") this.#cells.fill([" ", ""], 0, this.#column);
    else this.#cells.length = Math.min(this.#cells.length, this.#column);
  }
}
