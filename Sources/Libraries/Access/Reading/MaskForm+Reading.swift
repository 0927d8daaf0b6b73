import Core
import Engine
import YAML

extension MaskForm {
  /// The form that `value` names: a word, or a mapping of `constant` or `sql` to a text.
  init(reading value: YAMLValue) throws(Fault) {
    guard value.isMapping else {
      let word = value.isNull ? "null" : try value.text()
      guard let found = Self.words.first(where: { $0.word == word }) else {
        throw KnownNames("a mask", Self.words.map(\.word)).fault(word, at: value.place)
      }
      self = found.form
      return
    }
    let keys = try value.members(allowed: ["constant", "sql"])
    switch (keys["constant"], keys["sql"]) {
    case (let constant?, nil): self = .constant(try constant.text())
    case (nil, let sql?):
      let text = try sql.text()
      do {
        _ = try SQLScript.parseExpression(text: text, file: sql.place.file)
      } catch {
        throw Fault(
          .configuration, at: sql.place, "the mask '\(text)': \(error.problem)",
          remedy: error.remedy)
      }
      self = .expression(text, sql.place)
    default:
      throw Fault(
        .configuration, at: value.place, "a mask is a constant or an expression",
        remedy: "write {constant: TEXT} or {sql: EXPRESSION}")
    }
  }
}

extension LayerFolder {
  /// The rights of the folder of `layer`, as `value` gives them: `{group: stewards, mode: 0750}`.
  init(_ layer: String, _ value: YAMLValue) throws(Fault) {
    try KnownNames("a layer of the lake", Self.layers).check(layer, at: value.place)
    let keys = try value.members(allowed: ["group", "mode"])
    guard let said = keys["mode"] else {
      throw Fault(
        .configuration, at: value.place, "'mode' is missing", remedy: "add 'mode: 0750' here")
    }
    guard let mode = UInt32(try said.text(), radix: 8), (0o700...0o777).contains(mode),
      mode & 0o022 == 0
    else {
      throw Fault(
        .configuration, at: said.place, "'\(try said.text())' cannot be a layer's mode",
        remedy: "write 0700, 0750 or 0755: only its owner writes")
    }
    self.init(layer: layer, group: try keys["group"]?.text(), mode: mode, place: value.place)
  }

  private static let layers = ["bronze", "silver", "gold", "quarantine"]
}
