/// Makes a value unreadable, and keeps its form.
package enum ValueMask {
  /// Letters become `x` or `X`, digits `9`, so that nobody is told from another; of a long text the
  /// beginning.
  package static func masked(_ value: String) -> String {
    var result = ""
    for character in value.prefix(40) {
      if character.isNumber {
        result += "9"
      } else if character.isUppercase {
        result += "X"
      } else if character.isLetter {
        result += "x"
      } else {
        result += character.isNewline ? " " : String(character)
      }
    }
    return value.count > 40 ? result + "…" : result
  }
}
