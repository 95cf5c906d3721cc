// SPDX-License-Identifier: Apache-2.0
// Whether a text is as its schema wants it.

/** @returns {string|undefined} what is wrong */
export function problemsOfText(text, { minLength, maxLength, pattern, format }) {
  if (minLength !== undefined && [...text].length < minLength) return `must have at least ${minLength} characters`;
  if (maxLength !== undefined && [...text].length > maxLength) return `may have at most ${maxLength} characters`;
  if (pattern !== undefined && !matches(text, pattern)) return `must look like ${pattern}`;
  if (format === "email" && !/^[^@\s]+@[^@\s]+$/.test(text)) return "must be an e-mail address";
  if ((format === "uri" || format === "url") && !URL.canParse(text)) return "must be an address such as https://example.org";
  return undefined;
}

/** A pattern that this browser does not know is left to the host to judge. */
function matches(text, pattern) {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return true;
  }
}
