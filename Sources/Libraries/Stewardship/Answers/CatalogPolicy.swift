package import Core
import LakeJobs
import YAML

/// What the catalog must say of every table: `catalog.yml` of a job folder.
///
///     check:
///       column_without_description: error      # error: status 1; warn: told; ignore
///     except:
///       table_without_owner: [source.*, gold.scratch_*]
package struct CatalogPolicy: Sendable {
  /// What a finding means.
  package enum Level: String, Sendable, CaseIterable {
    case error
    case warn
    case ignore
  }

  /// What is looked for.
  package enum Rule: String, Sendable, CaseIterable {
    case tableWithoutOwner = "table_without_owner"
    case tableWithoutDescription = "table_without_description"
    case columnWithoutDescription = "column_without_description"
    case unusedTerm = "unused_term"
    case unknownTerm = "unknown_term"
    case termWithoutText = "term_without_text"
    case nameOfNothing = "name_of_nothing"
    case tableWithoutJob = "table_without_job"
    case missing
    case notRead = "not_read"

    fileprivate var standard: Level {
      switch self {
      case .tableWithoutOwner, .tableWithoutDescription, .unknownTerm, .unusedTerm: .error
      default: .warn
      }
    }
  }

  private var levels: [Rule: Level] = [:]
  private var exceptions: [Rule: [NamePattern]] = [:]

  /// The file's name in a job folder.
  package static let fileName = "catalog.yml"

  /// What holds where nobody says otherwise.
  package init() {}

  /// Reads the file in `folder`, if it is there.
  package init(jobs folder: String, fileSystem: any FileSystem) throws(Fault) {
    let path = "\(folder)/\(Self.fileName)"
    guard try fileSystem.exists(path) else {
      self.init()
      return
    }
    try self.init(YAMLFile(path, fileSystem: fileSystem).root)
  }

  init(_ root: YAMLValue) throws(Fault) {
    let keys = try root.members(allowed: ["check", "except"])
    let rules = Rule.allCases.map(\.rawValue)
    for (name, value) in try keys["check"]?.members(allowed: rules) ?? [:] {
      guard let level = Level(rawValue: try value.text()) else {
        throw KnownNames("a level", Level.allCases.map(\.rawValue))
          .fault(try value.text(), at: value.place)
      }
      if let rule = Rule(rawValue: name) { levels[rule] = level }
    }
    for (name, value) in try keys["except"]?.members(allowed: rules) ?? [:] {
      if let rule = Rule(rawValue: name) {
        exceptions[rule] = try value.texts().map { NamePattern($0) }
      }
    }
  }

  /// What it means that `rule` is broken by what is called `subject`.
  package func level(of rule: Rule, for subject: String) -> Level {
    let isExcepted = exceptions[rule]?.contains { $0.matches(subject) } ?? false
    return isExcepted ? .ignore : levels[rule] ?? rule.standard
  }
}
