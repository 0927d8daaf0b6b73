package import Core
package import Engine

/// The rows for which a grant holds: a condition in Spark SQL over the table's columns.
///
/// `current_user()` is who asks. A mapping of the policy file is a table with the columns `who` and
/// `what`: `store_id IN (SELECT what FROM stores_of WHERE who = current_user())`.
package struct RowFilter: Hashable, Sendable {
  /// The condition as it is written.
  package let text: String
  package let place: Place
  private let mappings: [AccessMapping]

  /// `.configuration` when `text` is no condition.
  init(_ text: String, at place: Place, _ mappings: [AccessMapping]) throws(Fault) {
    self.text = text
    self.place = place
    self.mappings = mappings
    let syntax = try syntax
    if case .literal = syntax.kind, text.lowercased() != "true", text.lowercased() != "false" {
      throw Fault(
        .configuration, at: place, "'\(text)' is no condition over the table's columns",
        remedy: "write one, such as \"region = 'North'\"")
    }
  }

  /// The condition with its mappings in their places, where `current_user` still stands for who
  /// asks.
  package var syntax: ExpressionSyntax {
    get throws(Fault) {
      do {
        return try SQLScript.parseExpression(text: resolved, file: place.file)
      } catch {
        throw Fault(.configuration, at: place, "'\(text)': \(error.problem)", remedy: error.remedy)
      }
    }
  }

  /// The condition in Spark SQL when `user` asks.
  package func spark(for user: String) -> String {
    SQLWords.replacing(in: resolved) { word, before in
      word == "current_user" && before != "." ? SQLWords.literal(user) : nil
    }
  }

  private var resolved: String {
    SQLWords.replacing(in: text) { word, before in
      guard before == "from" || before == "join" else { return nil }
      return mappings.first { $0.name == word }?.spark
    }
  }

  package static func == (left: RowFilter, right: RowFilter) -> Bool {
    left.text == right.text && left.mappings == right.mappings
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// What belongs to whom, for row filters: a table that stands in the policy file.
struct AccessMapping: Hashable, Sendable {
  let name: String
  /// Users, and what is theirs.
  let rows: [Row]

  struct Row: Hashable, Sendable {
    let who: String
    let what: String
  }

  /// As a table of a query.
  var spark: String {
    let values = rows.map { "(\(SQLWords.literal($0.who)), \(SQLWords.literal($0.what)))" }
    let list =
      values.isEmpty
      ? "SELECT CAST(NULL AS STRING) AS who, CAST(NULL AS STRING) AS what WHERE FALSE"
      : "SELECT * FROM VALUES \(values.joined(separator: ", ")) AS given(who, what)"
    return "(\(list))"
  }
}
