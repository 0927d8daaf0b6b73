import Core
import JSON
import TestSupport

/// Checks JSON values against JSON schemas (2020-12), as far as OpenLineage's schemas go: every
/// keyword they use, references resolved by the schemas' own addresses, formats enforced.
struct SchemaChecker {
  private static let known: Set<String> = [
    "$schema", "$id", "$defs", "$ref", "type", "description", "properties", "example", "required",
    "allOf", "anyOf", "oneOf", "not", "additionalProperties", "items", "format", "enum", "const",
    "dependentRequired", "deprecated", "minimum",
  ]

  private var documents: [String: JSONValue] = [:]

  /// A checker that knows the schemas in the files at `paths`, by their `$id`.
  init(_ paths: [String]) throws {
    for path in paths {
      let schema = try JSONValue(parsing: LocalFileSystem().read(path), at: Place(path))
      if let address = schema["$id"]?.string { documents[address] = schema }
    }
  }

  /// What is wrong with `value` by the schema at `address` (`…/Facet.json#/$defs/Facet`), each as
  /// `path: what`; empty when it is valid.
  func findings(_ value: JSONValue, _ address: String) -> [String] {
    let parts = address.split(separator: "#", maxSplits: 1).map(String.init)
    guard let document = documents[parts[0]] else { return ["no schema at \(address)"] }
    var schema = document
    for step in (parts.count > 1 ? parts[1] : "").split(separator: "/") {
      guard let next = schema[String(step)] else { return ["no schema at \(address)"] }
      schema = next
    }
    return findings(value, schema, in: parts[0], at: "$")
  }

  private func findings(
    _ value: JSONValue, _ schema: JSONValue, in document: String, at path: String
  ) -> [String] {
    if let accepts = schema.bool { return accepts ? [] : ["\(path): nothing is allowed here"] }
    guard let keywords = schema.object else { return ["\(path): the schema is no schema"] }
    var findings = keywords.keys.filter { !SchemaChecker.known.contains($0) }
      .filter { !["name", "namespace", "documentation"].contains($0) }
      .map { "\(path): the checker does not know '\($0)'" }
    if let address = schema["$ref"]?.string {
      let full = address.hasPrefix("#") ? document + address : address
      findings += self.findings(value, full).map { path + $0.dropFirst() }
    }
    findings += typeFindings(value, schema, path)
    findings += combinationFindings(value, schema, document, path)
    findings += objectFindings(value, schema, document, path)
    if let items = schema["items"], let elements = value.array {
      for (index, element) in elements.enumerated() {
        findings += self.findings(element, items, in: document, at: "\(path)[\(index)]")
      }
    }
    return findings
  }

  private func typeFindings(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> [String] {
    var findings: [String] = []
    let types = schema["type"]?.array?.compactMap(\.string) ?? [schema["type"]?.string ?? ""]
    if types != [""] && !types.contains(where: { isOf($0, value) }) {
      findings.append("\(path): not of type \(types.joined(separator: " or "))")
    }
    if let choices = schema["enum"]?.array, !choices.contains(value) {
      findings.append("\(path): not one of the choices")
    }
    if let only = schema["const"], only != value { findings.append("\(path): not the constant") }
    if let format = schema["format"]?.string, let text = value.string, !has(format, text) {
      findings.append("\(path): '\(text)' is no \(format)")
    }
    if let least = schema["minimum"]?.double, let number = value.double, number < least {
      findings.append("\(path): less than \(least)")
    }
    return findings
  }

  private func combinationFindings(
    _ value: JSONValue, _ schema: JSONValue, _ document: String, _ path: String
  ) -> [String] {
    func outcomes(_ keyword: String) -> [[String]]? {
      schema[keyword]?.array?.map { self.findings(value, $0, in: document, at: path) }
    }
    var findings = (outcomes("allOf") ?? []).flatMap { $0 }
    if let any = outcomes("anyOf"), !any.contains([]) { findings += any.first ?? [] }
    if let one = outcomes("oneOf"), one.count(where: \.isEmpty) != 1 {
      findings.append("\(path): fits \(one.count(where: \.isEmpty)) choices, not one")
    }
    if let not = schema["not"], self.findings(value, not, in: document, at: path).isEmpty {
      findings.append("\(path): is what it may not be")
    }
    return findings
  }

  private func objectFindings(
    _ value: JSONValue, _ schema: JSONValue, _ document: String, _ path: String
  ) -> [String] {
    guard let object = value.object else { return [] }
    let properties = schema["properties"]?.object ?? JSONObject()
    var findings = (schema["required"]?.array ?? []).compactMap(\.string)
      .filter { object[$0] == nil }.map { "\(path): '\($0)' is missing" }
    let dependents = schema["dependentRequired"]?.object ?? JSONObject()
    for (key, others) in dependents where object[key] != nil {
      for other in (others.array ?? []).compactMap(\.string) where object[other] == nil {
        findings.append("\(path): '\(key)' needs '\(other)'")
      }
    }
    for (key, member) in object {
      if let property = properties[key] ?? schema["additionalProperties"] {
        findings += self.findings(member, property, in: document, at: "\(path).\(key)")
      }
    }
    return findings
  }

  private func isOf(_ type: String, _ value: JSONValue) -> Bool {
    switch type {
    case "object": value.object != nil
    case "array": value.array != nil
    case "string": value.string != nil
    case "boolean": value.bool != nil
    case "number": value.number != nil
    case "integer": value.int64 != nil
    case "null": value.isNull
    default: false
    }
  }

  private func has(_ format: String, _ text: String) -> Bool {
    switch format {
    case "uuid": RunID(text) != nil
    case "date-time":
      text.count > 10 && Timestamp(rfc3339Text: text) != nil && text.contains("T")
        && text.last.map { $0 == "Z" || $0.isNumber } == true
    case "uri":
      text.firstIndex(of: ":").map { colon in
        colon != text.startIndex && text[..<colon].allSatisfy { $0.isLetter || "+-.".contains($0) }
          && text[colon...].count > 1 && !text.contains(" ")
      } ?? false
    default: false
    }
  }
}
