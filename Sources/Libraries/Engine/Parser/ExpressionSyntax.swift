package import Columnar
package import Core

/// An expression as written: names are not resolved, types not known.
package struct ExpressionSyntax: Sendable {
  /// The forms an expression has.
  package indirect enum Kind: Sendable {
    case literal(Scalar, DataType)
    /// `DATE'2025-01-02'`: a string to be read as the type.
    case typedLiteral(String, DataType)
    case interval(IntervalSyntax)
    /// A name of one or more parts: column, table and column, column and member.
    case name([String])
    /// `*`, `t.*`, `* EXCEPT (a)`.
    case star(qualifier: [String], except: [[String]])
    /// `-x`, `+x`, `~x`.
    case unary(String, ExpressionSyntax)
    /// An operator by its sign or name (`div`), other than AND and OR.
    case binary(String, ExpressionSyntax, ExpressionSyntax)
    case and([ExpressionSyntax])
    case or([ExpressionSyntax])
    case not(ExpressionSyntax)
    case isNull(ExpressionSyntax)
    /// `IS TRUE`, `IS FALSE`: never NULL.
    case isTruth(ExpressionSyntax, Bool)
    case between(ExpressionSyntax, low: ExpressionSyntax, high: ExpressionSyntax)
    case isIn(ExpressionSyntax, [ExpressionSyntax])
    case isInQuery(ExpressionSyntax, QuerySyntax)
    case like(LikeSyntax)
    case exists(QuerySyntax)
    case subquery(QuerySyntax)
    case caseWhen(
      operand: ExpressionSyntax?, branches: [CaseBranchSyntax], otherwise: ExpressionSyntax?)
    case cast(ExpressionSyntax, DataType, isTry: Bool)
    case call(CallSyntax)
    /// `a[i]`.
    case element(ExpressionSyntax, ExpressionSyntax)
    /// `f(x).member`.
    case member(ExpressionSyntax, String)
    /// `(a, b)`.
    case tuple([ExpressionSyntax])
    case lambda([String], ExpressionSyntax)
  }

  package var kind: Kind
  package var place: Place
  /// The text as written.
  package var text: String

  package init(_ kind: Kind, place: Place, text: String) {
    self.kind = kind
    self.place = place
    self.text = text
  }
}

/// WHEN `condition` THEN `result`.
package struct CaseBranchSyntax: Sendable {
  package var condition: ExpressionSyntax
  package var result: ExpressionSyntax
}

/// `x LIKE p`, its siblings, and the ANY and ALL forms with several patterns.
package struct LikeSyntax: Sendable {
  /// How a pattern is read.
  package enum Form: String, Sendable { case like, ilike, rlike }
  /// Which of several patterns must match.
  package enum Quantifier: Sendable { case any, all }

  package var operand: ExpressionSyntax
  package var form: Form
  package var patterns: [ExpressionSyntax]
  /// nil: one pattern.
  package var quantifier: Quantifier?
  package var escape: ExpressionSyntax?
  /// `NOT LIKE`; for several patterns each is negated, then joined.
  package var isNegated: Bool
}

/// `f(DISTINCT a, b) FILTER (WHERE c) OVER (…)`.
package struct CallSyntax: Sendable {
  /// In lower case.
  package var name: String
  package var arguments: [ExpressionSyntax]
  /// Names given to arguments (`key => value` or `x AS name`), as many as there are arguments.
  package var argumentNames: [String?]
  package var isDistinct = false
  package var filter: ExpressionSyntax?
  package var ignoreNulls = false
  /// `WITHIN GROUP (ORDER BY …)`.
  package var withinGroup: [SortItemSyntax] = []
  package var window: WindowSyntax?

  init(_ name: String, _ arguments: [ExpressionSyntax]) {
    self.name = name
    self.arguments = arguments
    argumentNames = Array(repeating: nil, count: arguments.count)
  }
}

/// A window: of its own, or one named in the WINDOW clause and perhaps added to.
package struct WindowSyntax: Sendable {
  /// One end of a frame.
  package enum Bound: Sendable {
    case unboundedPreceding
    case preceding(ExpressionSyntax)
    case currentRow
    case following(ExpressionSyntax)
    case unboundedFollowing
  }

  /// ROWS or RANGE and its two ends.
  package struct Frame: Sendable {
    package var isRange: Bool
    package var start: Bound
    package var end: Bound
  }

  package var baseName: String?
  package var partitionBy: [ExpressionSyntax] = []
  package var orderBy: [SortItemSyntax] = []
  package var frame: Frame?
  package var place: Place
}

/// A sort key as written; nil means the default.
package struct SortItemSyntax: Sendable {
  package var expression: ExpressionSyntax
  package var isDescending: Bool
  package var nullsFirst: Bool?
}

/// `INTERVAL 1 DAY 2 HOURS`: the parts that count in months and those that count in time.
package struct IntervalSyntax: Sendable {
  /// A unit and how many of it: a number, or an expression.
  package struct Part: Sendable {
    package var value: ExpressionSyntax
    package var unit: IntervalUnit
  }

  package var parts: [Part]
}

/// The units of intervals.
package enum IntervalUnit: String, Sendable, CaseIterable {
  case year, quarter, month, week, day, hour, minute, second, millisecond, microsecond

  /// The unit a word names, plural or not.
  init?(word: String) {
    let lowered = word.lowercased()
    let singular = lowered.hasSuffix("s") ? String(lowered.dropLast()) : lowered
    self.init(rawValue: singular)
  }

  /// How many months a unit is; nil when it counts in time.
  package var months: Int? {
    switch self {
    case .year: 12
    case .quarter: 3
    case .month: 1
    default: nil
    }
  }

  /// How many microseconds a unit is; a day is 24 hours. nil when it counts in months.
  package var microseconds: Int64? {
    switch self {
    case .week: 7 * Timestamp.microsecondsPerDay
    case .day: Timestamp.microsecondsPerDay
    case .hour: 3_600 * Timestamp.microsecondsPerSecond
    case .minute: 60 * Timestamp.microsecondsPerSecond
    case .second: Timestamp.microsecondsPerSecond
    case .millisecond: 1_000
    case .microsecond: 1
    default: nil
    }
  }
}
