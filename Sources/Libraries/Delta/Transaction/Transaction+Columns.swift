package import Columnar
package import Core

extension Transaction {
  /// Calls a column `name` that was called `old`: no file is written anew. `old` may be a member of
  /// a structure, as `address.city`; `name` is the member's alone. Throws `.configuration` for a
  /// table that does not map its columns, and where the column's name is part of a rule.
  package mutating func renameColumn(_ old: String, to name: String) throws(Fault) {
    let place = Place(table.path)
    let path = try mappedPath(old)
    try refuseRules(on: path, "renamed")
    guard name.utf8.first != nil, !name.contains(".") else {
      throw Fault(
        .configuration, at: place, "'\(name)' cannot be a column's name in a Delta table",
        remedy: "give the new name alone")
    }
    let fields = try schema.fields.changing(path, at: place) { fields, index throws(Fault) in
      guard Schema(fields).index(of: name).map({ $0 == index }) ?? true else {
        throw Fault(
          .configuration, at: place, "the table has a column '\(name)'",
          remedy: "give '\(old)' another name, or drop '\(name)' first")
      }
      fields[index].name = name
    }
    if path.count == 1 {
      let columns = metadata?.partitionColumns ?? []
      metadata?.partitionColumns = columns.map {
        $0.lowercased() == path[0].lowercased() ? name : $0
      }
    }
    try take(fields)
  }

  /// Takes a column out of the table, or a member out of a structure: no file is written anew, and
  /// what files hold of it is read by older versions alone. Throws as `renameColumn` does, and for
  /// columns that the table is partitioned by.
  package mutating func dropColumn(_ name: String) throws(Fault) {
    let place = Place(table.path)
    let path = try mappedPath(name)
    try refuseRules(on: path, "dropped")
    let partitions = (metadata?.partitionColumns ?? []).map { $0.lowercased() }
    guard path.count > 1 || !partitions.contains(path[0].lowercased()) else {
      throw Fault(
        .configuration, at: place, "the table is partitioned by '\(name)'",
        remedy: "make the table anew in full, partitioned by another column")
    }
    let fields = try schema.fields.changing(path, at: place) { fields, index throws(Fault) in
      guard fields.count > 1 else {
        throw Fault(
          .configuration, at: place, "'\(name)' is the last of its columns",
          remedy: "drop what it is a member of, or keep it")
      }
      fields.remove(at: index)
    }
    try take(fields)
  }

  private mutating func take(_ fields: [Field]) throws(Fault) {
    guard var metadata else { return }
    try TableDefinition(schema: Schema(fields), partitionColumns: metadata.partitionColumns)
      .check(at: Place(table.path))
    schema = Schema(fields)
    heldRules = nil
    metadata.schemaText = SchemaJSON.encode(schema)
    self.metadata = metadata
  }

  private func mappedPath(_ name: String) throws(Fault) -> [String] {
    guard ColumnMapping.isOn(metadata?.configuration ?? [:]) else {
      throw Fault(
        .configuration, at: Place(table.path),
        "the table does not map its columns, so that its files know '\(name)' by its name",
        remedy: "set '\(ColumnMapping.modeProperty)' = 'name', or make the table anew in full")
    }
    return name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
  }

  /// A rule is text, and would go on naming the column as it was.
  private func refuseRules(on path: [String], _ what: String) throws(Fault) {
    let rules = TableRules(metadata?.configuration ?? [:], schema)
    let texts =
      rules.conditions.map(\.text) + rules.generated.map(\.text)
    let name = path[path.count - 1].lowercased()
    for text in texts where text.namesWord(name) {
      throw Fault(
        .configuration, at: Place(table.path),
        "column '\(path.joined(separator: "."))' is to be \(what), and a rule of the table names "
          + "it: \(text)", remedy: "take the rule out first")
    }
    let sealed = schema.fields.first { field in
      field.seal.map { seal in
        [field.name, seal.subject ?? field.name].contains { $0.lowercased() == name }
      } ?? false
    }
    guard let sealed, path.count == 1 else { return }
    throw Fault(
      .configuration, at: Place(table.path),
      "column '\(path[0])' is to be \(what), and '\(sealed.name)' is sealed by it",
      remedy: "make the table anew in full")
  }
}

extension Schema {
  /// Whether there is such a column, or such a member of a structure: `address.city`.
  package func hasColumn(_ path: String) -> Bool {
    var fields = fields
    for name in path.split(separator: ".", omittingEmptySubsequences: false) {
      guard let index = Schema(fields).index(of: String(name)) else { return false }
      fields = fields[index].type.fields
    }
    return true
  }
}

extension [Field] {
  /// The fields after `change` was made to that, at some place of some list, which `path` names.
  fileprivate func changing(
    _ path: [String], at place: Place,
    _ change: (inout [Field], _ index: Int) throws(Fault) -> Void
  ) throws(Fault) -> [Field] {
    guard let index = Schema(self).index(of: path[0]) else {
      throw Fault(
        .configuration, at: place, "the table has no column '\(path[0])'",
        remedy: "name one of: \(map(\.name).joined(separator: ", "))")
    }
    var fields = self
    if path.count == 1 {
      try change(&fields, index)
    } else {
      guard case .structure(let members) = fields[index].type else {
        throw Fault(
          .configuration, at: place,
          "column '\(path[0])' is \(fields[index].type.sql), and has no member '\(path[1])'",
          remedy: "name a column, or a member of a structure")
      }
      fields[index].type = .structure(
        try members.changing([String](path.dropFirst()), at: place, change))
    }
    return fields
  }
}

extension String {
  /// Whether `word`, in lower case, is a word of the text, whatever its case.
  fileprivate func namesWord(_ word: String) -> Bool {
    let isPart = { (letter: Character) in letter.isLetter || letter.isNumber || letter == "_" }
    guard word.allSatisfy(isPart) else { return lowercased().contains(word) }
    return lowercased().split { !isPart($0) }.contains { $0 == word }
  }
}
