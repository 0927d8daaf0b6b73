package import Core
import YAML

/// `report.yml`: what the report shows besides what every lake has.
package struct ReportPlan: Sendable {
  /// An answer that is shown: as a table, or as bars or a line of one column by another.
  package struct Glance: Sendable {
    /// How it is drawn.
    package enum Chart: String, CaseIterable, Sendable {
      case table
      case bars
      case line
    }

    package var title: String
    /// The file of its query, below the job folder.
    package var queryFile: String
    package var chart = Chart.table
    package var note: String?
  }

  package var title = "The lake last night"
  package var zone = ZoneRules(offset: 0)
  package var zoneName = "UTC"
  /// Of how many days volumes and quality are shown.
  package var days = 30
  /// A query that says what is at stake: the table, and the words.
  package var worthFile: String?
  package var glances: [Glance] = []

  /// The file's name in a folder of jobs.
  package static let fileName = "report.yml"

  package init() {}

  /// Reads the file in `folder`; without one the report shows what every lake has.
  package init(jobs folder: String, fileSystem: any FileSystem) throws(Fault) {
    let path = "\(folder)/\(Self.fileName)"
    guard try fileSystem.exists(path) else {
      self.init()
      return
    }
    try self.init(YAMLFile(path, fileSystem: fileSystem).root)
  }

  init(_ root: YAMLValue) throws(Fault) {
    let keys = try root.members(allowed: ["title", "zone", "days", "worth", "glance"])
    if let text = keys["title"] { title = try text.text() }
    if let text = keys["zone"] {
      zoneName = try text.text()
      guard let rules = ZoneRules.named(zoneName) else {
        var fault = ZoneRules.unknown(zoneName)
        fault.kind = .configuration
        throw fault.placed(at: text.place)
      }
      zone = rules
    }
    if let number = keys["days"] {
      days = try number.integer()
      guard (2...366).contains(days) else { throw number.wrong("a number of days from 2 to 366") }
    }
    worthFile = try keys["worth"]?.text()
    for value in try keys["glance"]?.list() ?? [] {
      let members = try value.members(allowed: ["title", "query", "chart", "note"])
      guard let title = members["title"], let query = members["query"] else {
        throw value.wrong("a title and a query")
      }
      var glance = Glance(title: try title.text(), queryFile: try query.text())
      if let word = members["chart"] {
        guard let chart = Glance.Chart(rawValue: try word.text()) else {
          throw KnownNames("a chart", Glance.Chart.allCases.map(\.rawValue))
            .fault(try word.text(), at: word.place)
        }
        glance.chart = chart
      }
      glance.note = try members["note"]?.text()
      glances.append(glance)
    }
  }
}
