package import Core
import Engine

/// Table properties that say how changes are taken into a streaming table.
extension Dataset {
  /// Whether changes may be dated more than a day ahead of the run that takes them
  /// (`sequence.allow_future`).
  package var allowsFuture: Bool { property("sequence.allow_future") == "true" }

  /// Whether a NULL in a change says nothing, so that the row keeps the value it had
  /// (`null.updates`).
  package var ignoresNulls: Bool { property("null.updates") == "ignore" }

  /// The columns by which rows come in units, of which one stands whole (`unit.by`).
  package var unit: (columns: [String], place: Place)? {
    guard let property = properties.first(where: { $0.key == "unit.by" }) else { return nil }
    let columns = property.value.split(separator: ",").map { String($0.trimmed) }
    return (columns, property.valuePlace)
  }

  /// Throws `.configuration` when one of these properties has a value that means nothing.
  func checkChangeProperties() throws(Fault) {
    let values = [
      "sequence.allow_future": ["true", "false"], "null.updates": ["ignore", "take"],
    ]
    for property in properties {
      guard let known = values[property.key], !known.contains(property.value) else { continue }
      throw Fault(
        .configuration, at: property.valuePlace,
        "'\(property.value)' is no value of '\(property.key)'",
        remedy: "use '\(known.joined(separator: "' or '"))'")
    }
  }
}
