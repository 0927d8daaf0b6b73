import JSON

extension ValueForm {
  /// The form that a field of a schema describes, as Connect writes schemas into JSON.
  init(schema field: JSONValue) {
    let parameters = field["parameters"]
    let number = [parameters?["scale"], parameters?["length"]].lazy.compactMap { $0?.wholeNumber }
      .first { ValueForm.numbers.contains($0) }
    if let name = field["name"]?.string, let form = ValueForm(named: name, number) {
      self = form
      return
    }
    switch field["type"]?.string {
    case "bytes": self = .base64
    case "array": self = .array(ValueForm(schema: field["items"] ?? .null))
    default: self = .plain
    }
  }
}

extension JSONValue {
  /// A whole number, written as one or as a text.
  var wholeNumber: Int? { int ?? string.flatMap { Int($0) } }

  /// A whole number of 64 bits, written as one or as a text.
  var wholeNumber64: Int64? { int64 ?? string.flatMap { Int64($0) } }
}
