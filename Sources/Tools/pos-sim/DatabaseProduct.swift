import Core
import Retailer
import UnixTool

/// A source database, as a SQLite file or as a script for PostgreSQL.
struct DatabaseProduct {
  private let days: Range<CivilDate>
  private let history: any SourceHistory

  init(_ history: any SourceHistory, days: Range<CivilDate>) {
    self.history = history
    self.days = days
  }

  func write(_ output: DatabaseOptions, _ console: Console) throws {
    switch try output.form() {
    case .file(let path):
      try LocalFileSystem().createDirectory(parent(of: path))
      let books = try SQLiteBooks(path, of: history)
      if let day = books.lastDay, day.adding(days: 1) ?? day >= days.upperBound {
        return console.say("\(path): stands at \(day), nothing to do")
      }
      try evolve(after: books.lastDay, into: books, console)
    case .script(let since):
      let script = SQLScript(since: since) { try console.output.write($0) }
      try evolve(after: nil, into: script, console)
    }
  }

  private func evolve(
    after lastDay: CivilDate?, into sink: any ChangeSink, _ console: Console
  ) throws {
    try Evolution(history).run(days, after: lastDay, into: sink) { day in
      console.note("\(day) is done")
      console.progress("\(day)")
    }
  }
}
