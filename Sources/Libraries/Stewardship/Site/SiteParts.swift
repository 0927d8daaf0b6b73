import Core
import LakeJobs
import Pages

/// Pieces that several pages are made of, from a page that lies `depth` folders below the site's.
struct SiteParts {
  let catalog: TableCatalog
  let depth: Int

  private var root: String { String(repeating: "../", count: depth) }

  /// The name of an entry, leading to its page where there is one.
  func table(_ name: String) -> Markup {
    guard catalog.entry(named: name) != nil else { return .text(name) }
    return "<a href=\"\(root)\(SiteAddress.table(name))\">\(name)</a>"
  }

  /// The name of a column, leading to its row.
  func column(_ name: String, of table: String, _ words: String) -> Markup {
    guard catalog.entry(named: table)?.column(named: name) != nil else { return .text(words) }
    let address = "\(root)\(SiteAddress.table(table))#\(SiteAddress.column(name))"
    return "<a href=\"\(address)\">\(words)</a>"
  }

  /// A term, leading to what it means.
  func term(_ name: String) -> Markup {
    guard catalog.glossary.term(called: name) != nil else {
      return "<span class=\"tag bad\">\(name)?</span>"
    }
    return """
      <a class="tag" href="\(root)glossary.html#\(SiteAddress.term(name))">\(name)</a>
      """
  }

  func label(_ name: String) -> Markup { "<span class=\"tag label\">\(name)</span>" }

  /// A description, in which backticks mark code.
  func description(_ text: String?) -> Markup {
    text.map { MarkdownText(catalog, depth: depth).line($0) } ?? ""
  }

  /// How an entry stands, where that is not as it should be.
  func standing(_ entry: CatalogEntry) -> Markup {
    switch entry.standing {
    case .there: ""
    case .notRead:
      "<span class=\"warn\">not read\(since(entry.past.unreadSince)): \(entry.unread ?? "")</span>"
    case .missing: "<span class=\"bad\">missing\(since(entry.past.missingSince))</span>"
    case .dropped:
      entry.past.dropped.map { drop -> Markup in
        "<span class=\"soft\">dropped on \(time(drop.time)) by \(drop.by): \(drop.why)</span>"
      } ?? ""
    }
  }

  private func since(_ time: Timestamp?) -> Markup {
    time.map { " since \(self.time($0))" } ?? ""
  }

  /// A moment, to the minute.
  func time(_ time: Timestamp) -> Markup {
    let text = time.description
    return "<time datetime=\"\(text)\">\(text.prefix(16).replacing("T", with: " ")) UTC</time>"
  }

  /// A list of pieces with commas.
  static func list(_ parts: [Markup]) -> Markup {
    Markup.joined(parts.enumerated().map { $0.offset == 0 ? $0.element : ", " + $0.element })
  }

  /// Titles and what they are, those left out that are nothing.
  static func facts(_ facts: [(title: String, value: Markup?)]) -> Markup {
    let items = facts.compactMap { fact -> Markup? in
      guard let value = fact.value, !value.html.isEmpty else { return nil }
      return "<dt>\(fact.title)</dt><dd>\(value)</dd>"
    }
    return items.isEmpty ? "" : "<dl class=\"facts\">\(Markup.joined(items))</dl>\n"
  }

  /// A table in a box that can be moved sideways; a `#` marks heads of numbers.
  static func table(
    _ caption: String, _ heads: [String], _ rows: [Markup], style: String = ""
  ) -> Markup {
    guard !rows.isEmpty else { return "" }
    let cells = heads.map { head -> Markup in
      head.hasPrefix("#")
        ? "<th scope=\"col\" class=\"n\">\(head.dropFirst())</th>"
        : "<th scope=\"col\">\(head)</th>"
    }
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="\(caption)">
      <table class="\(style)"><caption class="unseen">\(caption)</caption>
      <thead><tr>\(Markup.joined(cells))</tr></thead>
      <tbody>
      \(Markup.joined(rows))</tbody></table></div>

      """
  }

  /// A number with blanks between thousands.
  static func number(_ number: Int) -> String {
    let digits = String(number)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3),
        digits[digits.startIndex] != "-" || index > 1
      {
        text += "\u{202F}"
      }
      text.append(digit)
    }
    return text
  }
}
