package import Core
package import LakeJobs
import YAML

/// `lifecycle.yml`: how old a bronze table's days are when they move, and where to.
///
///     level: 19                       # of zstd, in the cool and archive tiers
///     places: {cool: /mnt/slow/lake, archive: /mnt/vault/lake}
///     prices: {hot: 0.0184, cool: 0.01, archive: 0.001}     # a month and gigabyte
///     tables:
///       bronze.pos_events: {cool: 30 days, archive: 90 days, retain: 7 years}
///       bronze.*: {archive: 90 days}
///
/// A table's own properties ('tier.cool', 'tier.archive', 'retain') come before its line here, that
/// before a pattern's, and last comes what holds where nothing is said: an archive after 90 days.
package struct Lifecycle: Sendable {
  /// When a table's days move; nil where they never do.
  package struct Rules: Sendable, Equatable {
    package var cool: Age?
    package var archive: Age?
    package var retain: Age?
  }

  /// What the file is called in a job folder.
  package static let fileName = "lifecycle.yml"
  /// When days are archived of which nobody says anything.
  package static let standardArchiveAge = Age(days: 90)

  /// How hard zstd tries.
  package let level: Int
  /// The folder of a tier, if it is not the table's own.
  package let places: [BronzeTier: String]
  /// What a gigabyte costs a month.
  package let prices: [BronzeTier: Decimal]
  private let tables: [(pattern: String, spans: [Span: Age?])]

  private enum Span: String, CaseIterable {
    case cool, archive, retain

    var property: String { self == .retain ? rawValue : "tier.\(rawValue)" }
  }

  /// Reads the file in the job folder; where there is none, what holds without.
  package init(_ jobs: JobFolder, _ files: any FileSystem) throws(Fault) {
    let path = "\(jobs.path)/\(Self.fileName)"
    guard try files.exists(path) else {
      (level, places, prices, tables) = (19, [:], [:], [])
      return
    }
    let root = try YAMLFile(path, fileSystem: files).root
      .members(allowed: ["level", "places", "prices", "tables"])
    var level = 19
    if let value = root["level"] {
      level = try value.integer()
      guard (1...22).contains(level) else { throw value.wrong("a level of zstd from 1 to 22") }
    }
    self.level = level
    var places: [BronzeTier: String] = [:]
    for (name, value) in try root["places"]?.members() ?? [] {
      let tier = try Self.tier(name, value, among: [.cool, .archive])
      let folder = try value.text()
      guard folder.hasPrefix("/") else { throw value.wrong("a folder's path from the root") }
      places[tier] = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    }
    self.places = places
    var prices: [BronzeTier: Decimal] = [:]
    for (name, value) in try root["prices"]?.members() ?? [] {
      let tier = try Self.tier(name, value, among: BronzeTier.allCases)
      guard let price = Decimal(parsing: try value.text()), price.unscaled >= 0, price.scale <= 9
      else {
        throw value.wrong("a price such as 0.0184")
      }
      prices[tier] = price
    }
    self.prices = prices
    let names = Set(jobs.contracts.keys.map(\.description))
    var tables: [(pattern: String, spans: [Span: Age?])] = []
    for (pattern, value) in try root["tables"]?.members() ?? [] {
      guard names.contains(pattern) || pattern == "bronze.*" else {
        throw Fault(
          .configuration, at: value.place, "there is no bronze table '\(pattern)'",
          remedy: Suggestion.remedy(
            for: pattern, among: names.sorted(), otherwise: "name one, or all as bronze.*"))
      }
      var spans: [Span: Age?] = [:]
      for (name, value) in try value.members(allowed: Span.allCases.map(\.rawValue)) {
        guard let span = Span(rawValue: name) else { continue }
        spans[span] = .some(try Self.age(try value.text(), at: value.place))
      }
      tables.append((pattern, spans))
    }
    self.tables = tables
  }

  /// The rules of a bronze table; `.configuration` when they contradict each other.
  package func rules(of contract: BronzeContract) throws(Fault) -> Rules {
    var found: [Span: Age] = [:]
    var isStandard = false
    for span in Span.allCases {
      if let text = contract.properties[span.property] {
        found[span] = try Self.age(text, at: contract.place)
      } else if let said = said(span, of: contract.name) {
        found[span] = said
      } else if span == .archive {
        isStandard = true
      }
    }
    if isStandard, found[.retain].map({ $0.dayCount > Self.standardArchiveAge.dayCount }) ?? true {
      found[.archive] = Self.standardArchiveAge
    }
    let rules = Rules(cool: found[.cool], archive: found[.archive], retain: found[.retain])
    if let retain = rules.retain {
      for age in [rules.cool, rules.archive] {
        guard let age, age.dayCount >= retain.dayCount else { continue }
        throw Fault(
          .configuration, at: contract.place,
          "'\(contract.name)' removes its days after \(retain), before they move after \(age)",
          remedy: "let 'retain' be longer, or write 'never' for the tier")
      }
    }
    return rules
  }

  private func said(_ span: Span, of table: LakeTableName) -> Age?? {
    for pattern in ["\(table)", "\(table.schema).*"] {
      if let line = tables.last(where: { $0.pattern == pattern }), let age = line.spans[span] {
        return .some(age)
      }
    }
    return nil
  }

  private static func tier(
    _ name: String, _ value: YAMLValue, among tiers: [BronzeTier]
  ) throws(Fault) -> BronzeTier {
    if let tier = BronzeTier(rawValue: name), tiers.contains(tier) { return tier }
    throw Fault(
      .configuration, at: value.place, "there is no tier '\(name)' here",
      remedy: "write one of \(tiers.map(\.rawValue).joined(separator: ", "))")
  }

  private static func age(_ text: String, at place: Place) throws(Fault) -> Age? {
    if text == "never" { return nil }
    if let age = Age(text) { return age }
    throw Fault(
      .configuration, at: place, "'\(text)' is no age of a day",
      remedy: "write it as '30 days', '6 months', '7 years' or 'never'")
  }
}

/// How a day of bronze is kept.
package enum BronzeTier: String, Sendable, CaseIterable, Comparable {
  case hot, cool, archive, removed

  package static func < (left: BronzeTier, right: BronzeTier) -> Bool {
    left.order < right.order
  }

  private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
