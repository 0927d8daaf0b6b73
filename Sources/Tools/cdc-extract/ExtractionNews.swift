import Columnar
import Core
import Database
import Extraction
import LakeJobs
import UnixTool

/// What a person should know of a table's extraction, though its rows were taken.
struct ExtractionNews {
  private let outcome: TableOutcome

  init(_ outcome: TableOutcome) { self.outcome = outcome }

  func tell(_ console: Console) {
    tellColumns(console)
    for (column, found) in outcome.foreignTexts {
      console.warn(
        fault(
          "\(counted(found.count, "text")) of '\(column)' \(are(found.count)) not UTF-8, such as "
            + "that of the row (\(found.key)): each byte that is no character was taken as U+FFFD "
            + "and two hexadecimal digits",
          remedy: "have the source write UTF-8, or replace them in the silver job"))
    }
    tellTimes(console)
    for note in outcome.notes { console.say(note) }
  }

  private func tellColumns(_ console: Console) {
    let contract = outcome.table.contract
    let summary = outcome.summary
    for column in summary.renamedColumns {
      console.say(
        "\(contract.name): the source's column '\(column.name)' is taken as "
          + "'\(column.bronzeName)', for \(column.name) is a column of our own")
    }
    for column in summary.addedColumns where contract.schema.index(of: column) == nil {
      console.say(
        "\(contract.name): the source has a new column '\(column)'; "
          + "it is kept, add it to setup.sql to read it")
    }
    for column in summary.removedColumns {
      console.say("\(contract.name): the source no longer has column '\(column)'")
    }
    if !summary.hiddenColumns.isEmpty {
      let names = summary.hiddenColumns.map { "'\($0)'" }.joined(separator: ", ")
      console.say(
        "\(contract.name): the source hides \(names), not taken; "
          + "name them in setup.sql to have them")
    }
  }

  private func tellTimes(_ console: Console) {
    let column = outcome.table.source.updatedAt ?? ""
    let unread = outcome.summary.unreadTimes
    if unread.count > 0 {
      console.warn(
        fault(
          "\(counted(unread.count, "value")) of '\(column)' \(are(unread.count)) no time, such as "
            + "'\(unread.text)' of the row (\(unread.key)): these changes bear the time at which "
            + "they were found",
          remedy: "have the source write 2026-03-01 08:30:00, RFC 3339 or seconds since 1970"))
    }
    let ahead = outcome.summary.timesAhead
    if ahead.count > 0 {
      console.warn(
        fault(
          "\(counted(ahead.count, "value")) of '\(column)' \(ahead.count == 1 ? "lies" : "lie") in "
            + "the future, such as '\(ahead.text)' of the row (\(ahead.key)): these changes bear "
            + "the time at which they were found",
          remedy: "set the source's clock, or give its time_zone in sources.yml"))
    }
  }

  private func are(_ count: Int) -> String { count == 1 ? "is" : "are" }

  private func fault(_ problem: String, remedy: String) -> Fault {
    Fault(.data, at: Place(outcome.table.name), problem, remedy: remedy)
  }
}
