// Texts as other languages are to take them: as themselves, whatever stands in them. There is one
// function a language. Those of SQL stand where SQL is written (`Database.Dialect`,
// `Engine.Identifier`), CSV's where CSV is (`TextFormats.CSVWriter`), a terminal's is `shown`.

/// `text` with `other` for each `sign`. To Swift a sign and a mark that combines with it are one
/// character, which is not the sign; to all other languages the sign is there.
package func substituting(_ sign: Unicode.Scalar, in text: String, with other: String) -> String {
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    if scalar == sign { result += other.unicodeScalars } else { result.append(scalar) }
  }
  return String(result)
}

/// A word of a command, in quotes where a shell would take it otherwise.
package func quotedForShell(_ word: String) -> String {
  let isPlain = word.utf8.allSatisfy { byte in
    byte >= 0x80 || "-._".utf8.contains(byte) || isLetterOrDigit(byte)
  }
  return isPlain && !word.isEmpty ? word : "'" + substituting("'", in: word, with: "'\\''") + "'"
}

/// The name of a target or of what it needs, as make reads it in a rule. What make cannot be told,
/// a line break or a sign that ends the list of names, is `_`: no rest is left for it to run.
package func quotedForMake(_ name: String) -> String {
  var text = ""
  for scalar in name.unicodeScalars {
    switch scalar {
    case "$": text += "$$"
    case " ", "#", ":", "%", "*", "?", "[", "]", "~", "\\", "=":
      text += "\\"
      text.unicodeScalars.append(scalar)
    case ";", "|", "&", "<", ">", "(", ")", "\"", "'", "`", "\0"..."\u{1F}", "\u{7F}": text += "_"
    default: text.unicodeScalars.append(scalar)
    }
  }
  return text
}

/// A line of a recipe, which make hands to the shell as it stands here.
package func quotedForRecipe(_ command: String) -> String {
  substituting("\n", in: substituting("$", in: command, with: "$$"), with: " ")
}

/// A text in Graphviz's quotes.
package func quotedForGraphviz(_ text: String) -> String {
  let inner = substituting("\\", in: shown(text), with: "\\\\")
  return "\"" + substituting("\"", in: inner, with: "\\\"") + "\""
}

/// A text in Mermaid's quotes. All that could be its syntax, a directive, Markdown or HTML, which
/// Mermaid makes of its texts, is written by number.
package func quotedForMermaid(_ text: String) -> String {
  var inner = ""
  for scalar in shown(text).unicodeScalars {
    let isPlain =
      !scalar.isASCII || " ._-,:/".unicodeScalars.contains(scalar)
      || isLetterOrDigit(UInt8(scalar.value))
    if isPlain { inner.unicodeScalars.append(scalar) } else { inner += "#\(scalar.value);" }
  }
  return "\"\(inner)\""
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}
