package import Columnar
package import Core
import Database

/// A table of the star schema as its job file describes it: a dimension or a fact, its natural key
/// or grain, and what its SELECT gives.
///
/// The properties, all values texts:
///
///     dimension       scd2 | scd1 | static
///     key             the natural key's columns, or a fact's grain
///     track           scd2: the columns whose change makes a new version (default: all others)
///     overwrite       the columns that are overwritten in place
///     keep            of a dimension: the columns that stay as they were first given
///     scope           which versions an overwritten column is changed in: all | current;
///                     scope.<column> for one of them
///     delete_style    scd2: what a delete leaves: version (the default) | close
///     previous_key    the columns with the key under which a member was known before
///     key_change      what becomes of the two members: link (the default) | merge
///     two_axes        scd2: true keeps also what was known when
///     keyed_hash      columns of which only a keyed hash is stored
///     fact            incremental | accumulating | snapshot
///     lookup.<column> <dimension>(<columns>) [AS OF <column>], and more (`LookupProperty`)
///     on_unknown      dimension: what becomes of facts whose member is not here, where their
///                     lookup does not say: unknown | infer | suspend
///     measures        the columns of a fact that may be summed (default: its decimals)
///     keep            columns to store although only lookups need them
///     partition.month the lookup of a calendar by whose months a server parts the fact
///     snapshot.by     snapshot: the column whose values are replaced as a whole
///     on_delete       what becomes of rows that the SELECT gives no longer: remove | flag | keep |
///                     reverse
///     audit           true: each row says which load wrote it
///     views           views beside a fact: as_was, as_is, as_known
///     semi_additive   snapshot: measures that must not be summed over days
///     seal, seal.by   after how many days rows are sealed ('35 days'), by the day in which column
///     milestones, status_order, undo
///                     accumulating: columns that stay reached, stages in order, what takes back
package struct WarehouseTable: Hashable, Sendable {
  /// What the table is in the star schema.
  package enum Kind: Hashable, Sendable {
    case dimension(Dimension)
    case fact(Fact)
  }

  /// The table's name in the warehouse, without a schema: `dim_customer`.
  package let name: String
  package let kind: Kind
  /// The columns that the job's SELECT gives.
  package let schema: Schema
  /// The natural key of a dimension or the grain of a fact.
  package let key: [String]
  /// Where the job stands, for messages.
  package let place: Place

  /// A dimension's own part of the description.
  package struct Dimension: Hashable, Sendable {
    /// What becomes of a member's old values.
    package enum History: String, Hashable, Sendable {
      /// A row a version, with the interval in which it held.
      case scd2
      /// A row a member, overwritten in place; members that vanish are marked.
      case scd1
      /// A row a member, overwritten in place; members that vanish are kept as they were.
      case fixed = "static"
    }

    /// What a delete leaves of a member with a history.
    package enum DeleteStyle: String, CaseIterable, Hashable, Sendable {
      /// A version that is marked as deleted and describes the member as it was last.
      case version
      /// Nothing but the end of the last version.
      case close
    }

    /// Under which key a member was known before.
    package struct KeyChange: Hashable, Sendable {
      /// What becomes of the two members.
      package enum Style: String, CaseIterable, Hashable, Sendable {
        /// The later one tells the durable key of the one before it.
        case link
        /// Both have the durable key of the one before.
        case merge
      }

      package var style: Style
      /// The SELECT's columns with the key of before, in the order of the natural key.
      package var columns: [String]
    }

    package var history: History
    /// scd2: the columns whose change makes a new version (type 2).
    package var tracked: [String]
    /// The columns that stay as they were first given (type 0). All others are overwritten (type
    /// 1).
    package var kept: [String] = []
    /// scd2: the overwritten columns that change in the current version only.
    package var currentOnly: [String] = []
    package var deleteStyle = DeleteStyle.version
    package var keyChange: KeyChange?
    /// Whether what was known before stays beside what is known now.
    package var hasTwoAxes = false
    package var hashed: [String]
    /// The surrogate key's column: `customer_key` for `dim_customer`.
    package var surrogateColumn: String
    /// Whether the SELECT gives the surrogate key itself, as a calendar does (`20170131`).
    package var givesSurrogate: Bool
    /// What becomes of facts whose member is not here, where their lookup does not say.
    package var onUnknown: MissingMember?

    /// The column with one number a member for ever: `customer_durable_key`.
    package var durableColumn: String { DimensionColumns.durable(beside: surrogateColumn) }
    /// The column with the durable key of the member that this one was before: of a dimension that
    /// links members whose key changed.
    package var previousColumn: String {
      DimensionColumns.previousDurable(beside: surrogateColumn)
    }
  }

  /// A fact's own part of the description.
  package struct Fact: Hashable, Sendable {
    /// How delivered rows meet stored ones.
    package enum Update: String, Hashable, Sendable {
      /// Rows in the load's scope that are no longer delivered go.
      case incremental
      /// A row is a process and changes as it moves on; otherwise the same.
      case accumulating
      /// Rows of one value of the snapshot column are replaced as a whole.
      case snapshot
    }

    /// What becomes of a row that is no longer delivered.
    package enum Absence: String, Hashable, Sendable {
      /// It goes, as it went from what the fact is made of.
      case remove
      /// It stays, and its column `is_deleted` says so.
      case flag
      /// It stays as it is, for a SELECT that gives only the latest rows.
      case keep
      /// It stays, and so does one that is corrected: a reversal row takes its measures back.
      case reverse
    }

    package var update: Update
    package var absence: Absence
    /// In order of their columns' names.
    package var lookups: [Lookup]
    package var snapshotColumn: String?
    /// The foreign key of a calendar by whose months a server parts the fact; nil for none.
    package var month: String?
    /// The delivered columns that are stored, in the SELECT's order.
    package var stored: [Field]
    /// The stored columns that may be summed; empty leaves it to their types.
    package var measures: [String] = []
    /// snapshot: the measures that may be summed, but not over days.
    package var semiAdditive: [String] = []
    /// Whether each row says which load wrote it.
    package var isAudited = false
    /// The views to be made beside the fact.
    package var views: [FactView] = []
    /// When the days of the fact are sealed; nil when they never are.
    package var seal: Seal?
    /// accumulating: the columns that stay reached once they are not NULL.
    package var milestones: [String] = []
    /// accumulating: the column whose words follow one another.
    package var statusOrder: StatusOrder?
    /// accumulating: the BOOLEAN column that is true where the source took milestones back.
    package var undoColumn: String?

    /// Whether rows stay as they are that are not delivered again.
    var keepsUndelivered: Bool { update == .snapshot || absence == .keep }
  }

  /// A view that joins a fact's dimensions.
  package enum FactView: String, CaseIterable, Hashable, Sendable {
    /// With its members as they were at its own moment.
    case asWas = "as_was"
    /// With its members as they are now.
    case asIs = "as_is"
    /// With the members that it was given when it was first loaded.
    case asKnown = "as_known"
  }

  /// By which column of days a fact is sealed, and after how many days.
  package struct Seal: Hashable, Sendable {
    package var column: String
    package var days: Int
  }

  /// A column of a process's stages, and the stages in their order.
  package struct StatusOrder: Hashable, Sendable {
    package var column: String
    package var words: [String]
  }

  /// A foreign key of a fact: where its value comes from.
  package struct Lookup: Hashable, Sendable {
    /// The surrogate key's column in the fact.
    package var column: String
    package var dimension: String
    /// The fact's columns that hold the dimension's natural key, in its order.
    package var naturalColumns: [String]
    /// The column with the moment whose version counts; nil takes the current one.
    package var asOf: String?
    /// What a row without a key points to.
    package var absence = KeyAbsence.missing
    /// The BOOLEAN column that is true where the key is no key; nil when none says so.
    package var invalidColumn: String?
    /// What becomes of a row whose member is not here; nil leaves it to the dimension.
    package var orElse: MissingMember?
  }

  /// What a row points to whose natural key is NULL or blank.
  package enum KeyAbsence: Hashable, Sendable {
    /// A key is missing.
    case missing
    /// NULL says that there is no such thing for the row; a blank text is a key that is missing.
    case nullIsNotApplicable
    /// Both say that there is no such thing.
    case notApplicable
  }

  /// What becomes of a fact whose member the dimension does not have.
  package enum MissingMember: String, Hashable, Sendable {
    /// It points to the unknown member, until its own arrives.
    case unknown
    /// Its member is made, with nothing but its key, and is filled when the true one arrives.
    case infer
    /// It is kept apart from the fact, until its member arrives.
    case suspend
  }

  /// The dimension's part; nil for a fact.
  package var dimension: Dimension? {
    if case .dimension(let dimension) = kind { return dimension }
    return nil
  }

  /// The fact's part; nil for a dimension.
  package var fact: Fact? {
    if case .fact(let fact) = kind { return fact }
    return nil
  }
}

extension WarehouseTable {
  /// The dimensions that must be loaded before this table; empty for a dimension.
  package var dimensionsNeeded: [String] {
    Set(fact?.lookups.map(\.dimension) ?? []).sorted()
  }

  /// The column of the SELECT whose value says to which snapshot a row belongs: the snapshot column
  /// itself, or all that its key is looked up by; nil when there is no such one.
  package var snapshotSource: String? {
    guard let column = fact?.snapshotColumn else { return nil }
    guard let lookup = fact?.lookups.first(where: { $0.column == column }) else { return column }
    return lookup.naturalColumns.count == 1 && lookup.asOf == nil ? lookup.naturalColumns[0] : nil
  }

  /// The condition that leaves out reserved members, and facts that were reversed.
  func realRows(_ dialect: Dialect) -> String {
    if let dimension { return "\(dialect.quoted(dimension.surrogateColumn)) > 0" }
    return fact?.absence == .reverse ? "reversed_in IS NULL" : "true"
  }

  /// All that decides what the table holds besides its input: a change means a load.
  var definition: String {
    let fields = schema.fields.map { "\($0.name) \($0.type.sql)" }.joined(separator: ", ")
    return "\(kind) key \(key) of \(fields)"
  }

  /// How messages name a row: the table, and the values of its key.
  func name(ofRow row: Int, in batch: Batch) -> String {
    "\(name): \(keyWords(key.map { batch.column($0)?.scalar(at: row) ?? .null }))"
  }

  /// `line_no = 2, event_id = 'e1'`.
  func keyWords(_ values: [Scalar]) -> String {
    zip(key, values).map { "\($0) = \(plain($1))" }.joined(separator: ", ")
  }

  /// `name` in any letter case, as the schema spells it.
  func spelled(_ name: String) -> String {
    schema.index(of: name).map { schema.fields[$0].name } ?? name
  }
}
