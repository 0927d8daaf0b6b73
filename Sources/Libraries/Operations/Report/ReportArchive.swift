package import Core
import Pages

/// The reports of many days in one folder, a page a day, and an index of them.
package struct ReportArchive {
  private let folder: String
  private let files: any FileSystem

  package init(_ folder: String, _ files: any FileSystem) {
    self.folder = folder
    self.files = files
  }

  /// Keeps the page of a day, in place of an earlier one of it, and makes the index anew.
  package func keep(_ html: String, of day: CivilDate, title: String) throws(Fault) {
    try files.createDirectory(folder)
    try files.replace("\(folder)/\(day).html", Array(html.utf8))
    let days = try files.list(folder).compactMap { name in
      name.hasSuffix(".html") ? CivilDate(isoText: name.dropLast(5)) : nil
    }
    try files.replace("\(folder)/index.html", Array(index(of: days, title).utf8))
  }

  private func index(of days: [CivilDate], _ title: String) -> String {
    let months = Dictionary(grouping: days) { day in
      String(day.description.dropLast(3))
    }.sorted { $0.key > $1.key }
    let parts = months.map { month, days -> Markup in
      let links = days.sorted(by: >).map { day -> Markup in
        "<li><a href=\"\(day.description).html\">\(day.description)</a></li>"
      }
      return
        "<h2>\(month)</h2><nav aria-label=\"\(month)\"><ul>\(Markup.joined(links))</ul></nav>\n"
    }
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title): all reports</title>
      <style>
      \(Markup(stringLiteral: PageStyle.css))
      </style>
      </head>
      <body>
      <header><h1>\(title)</h1></header>
      <main>
      \(Markup.joined(parts))</main>
      </body>
      </html>

      """
    return page.html
  }
}
