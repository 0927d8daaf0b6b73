import Core
import Governance
package import JSON
package import LakeJobs

/// The catalog for programs.
package enum CatalogJSON {
  /// All there is.
  package static func catalog(_ catalog: TableCatalog) -> JSONValue {
    [
      "medallion": .string(Medallion.version),
      "tables": .array(catalog.entries.map(entry)),
      "terms": .array(catalog.glossary.terms.map { term($0, catalog.bearers(of: $0)) }),
    ]
  }

  /// One entry.
  package static func entry(_ entry: CatalogEntry) -> JSONValue {
    .object(
      JSONObject(present: [
        ("name", .string(entry.name)), ("kind", .string(entry.kind.rawValue)),
        ("layer", .string(entry.layer)), ("standing", .string(entry.standing.rawValue)),
        ("description", text(entry.description)), ("owner", text(entry.owner)),
        ("domain", text(entry.domain)), ("terms", list(entry.terms)),
        ("declared", text(entry.place.map { "\($0)" })), ("format", text(entry.format)),
        ("location", text(entry.location)), ("key", list(entry.keys)),
        ("partitions", list(entry.partitions)), ("state", entry.state.map(state)),
        ("unread", text(entry.unread)), ("past", past(entry.past)),
        ("columns", .array(entry.columns.map(column))),
        ("rules", .array(entry.rules.map(rule))),
        ("set_aside", .array(entry.setAside.map(setAside))),
        ("schema_history", .array(entry.schemaHistory.map(version))),
        (
          "last_run",
          entry.lastRun.map {
            ["run": .string($0.id), "job": .string($0.job), "at": .string("\($0.time)")]
          }
        ), ("upstream", list(entry.upstream)), ("downstream", list(entry.downstream)),
      ]))
  }

  /// One column.
  package static func column(_ column: CatalogColumn) -> JSONValue {
    .object(
      JSONObject(present: [
        ("name", .string(column.name)), ("type", text(column.type)),
        ("description", text(column.description)), ("described_by", text(column.describedBy)),
        ("expression", text(column.expression)), ("terms", list(column.terms)),
        ("labels", list(column.labels)),
        (
          "origins",
          .array(
            column.origins.map {
              [
                "table": .string($0.table), "column": .string($0.column), "how": .string($0.words),
              ]
            })
        ),
        ("null_count", column.statistics?.nullCount.map { JSONValue($0) }),
        ("least", text(column.statistics?.least)), ("greatest", text(column.statistics?.greatest)),
        ("samples", column.samples.first.map { _ in list(column.samples) }),
      ]))
  }

  /// One term, and what bears it.
  package static func term(_ term: GlossaryTerm, _ bearers: [String]) -> JSONValue {
    .object(
      JSONObject(present: [
        ("name", .string(term.name)), ("text", .string(term.text)), ("also", list(term.synonyms)),
        ("domain", text(term.domain)), ("owner", text(term.owner)),
        ("written", .string("\(term.place)")), ("borne_by", list(bearers)),
      ]))
  }

  private static func state(_ state: CatalogEntry.TableState) -> JSONValue {
    .object(
      JSONObject(present: [
        ("version", text(state.version)), ("changed", text(state.changed.map { "\($0)" })),
        ("rows", state.rowCount.map { JSONValue($0) }),
        ("bytes", state.byteCount.map { JSONValue($0) }),
        ("files", state.fileCount.map { JSONValue($0) }),
      ]))
  }

  private static func past(_ past: CatalogEntry.Past) -> JSONValue {
    .object(
      JSONObject(present: [
        ("first_seen", text(past.firstSeen.map { "\($0)" })),
        ("former_names", past.formerNames.first.map { _ in list(past.formerNames) }),
        ("missing_since", text(past.missingSince.map { "\($0)" })),
        ("unread_since", text(past.unreadSince.map { "\($0)" })),
        (
          "dropped",
          past.dropped.map {
            ["at": .string("\($0.time)"), "by": .string($0.by), "why": .string($0.why)]
          }
        ),
      ]))
  }

  private static func rule(_ rule: CatalogEntry.Rule) -> JSONValue {
    .object(
      JSONObject(present: [
        ("name", .string(rule.name)), ("level", .string(rule.level)), ("asks", .string(rule.text)),
        ("place", text(rule.place)), ("columns", list(rule.columns)),
        (
          "outcomes",
          .array(
            rule.outcomes.map {
              [
                "at": .string("\($0.time)"), "holds": .bool($0.holds),
                "rows": $0.rowCount.map { JSONValue($0) } ?? .null,
              ]
            })
        ),
      ]))
  }

  private static func setAside(_ count: CatalogEntry.SetAside) -> JSONValue {
    [
      "rule": .string(count.rule), "waiting": JSONValue(count.waiting),
      "replayed": JSONValue(count.replayed),
    ]
  }

  private static func version(_ version: CatalogEntry.SchemaVersion) -> JSONValue {
    [
      "version": JSONValue(version.version), "at": .string("\(version.time)"),
      "columns": .array(
        version.columns.map { ["name": .string($0.name), "type": .string($0.type)] }),
    ]
  }

  private static func text(_ text: String?) -> JSONValue? { text.map { .string($0) } }

  private static func list(_ texts: [String]) -> JSONValue {
    .array(texts.map { .string($0) })
  }
}
