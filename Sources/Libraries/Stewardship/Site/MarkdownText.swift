import Core
import LakeJobs
import Pages

/// A glossary's Markdown as markup: paragraphs, lists, headings, code, emphasis and links. All else
/// is text, and so is a link that leads to nothing of the glossary and to no page of the web.
struct MarkdownText {
  private let catalog: TableCatalog
  private let depth: Int

  init(_ catalog: TableCatalog, depth: Int) {
    self.catalog = catalog
    self.depth = depth
  }

  /// Paragraphs, lists and headings.
  func blocks(_ text: String) -> Markup {
    var parts: [Markup] = []
    var lines: [Substring] = []
    var code: [Substring]?
    func close() {
      defer { lines = [] }
      guard let first = lines.first else { return }
      if first.hasPrefix("#") {
        parts.append("<h4>\(line(String(first.drop { $0 == "#" }.trimmed)))</h4>\n")
        lines.removeFirst()
        return close()
      }
      let isList = lines.allSatisfy { Self.item($0) != nil || $0.hasPrefix(" ") }
      parts.append(isList ? list(lines) : "<p>\(line(lines.joined(separator: " ")))</p>\n")
    }
    for text in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if text.trimmed.hasPrefix("```") {
        if let open = code {
          parts.append("<pre><code>\(open.joined(separator: "\n"))</code></pre>\n")
          code = nil
        } else {
          close()
          code = []
        }
      } else if code != nil {
        code?.append(text)
      } else if text.trimmed.isEmpty {
        close()
      } else {
        lines.append(text)
      }
    }
    if let open = code { lines += open }
    close()
    return Markup.joined(parts)
  }

  private func list(_ lines: [Substring]) -> Markup {
    var items: [String] = []
    for line in lines {
      if let item = Self.item(line) {
        items.append(String(item))
      } else if !items.isEmpty {
        items[items.count - 1] += " \(line.trimmed)"
      }
    }
    let parts = items.map { item -> Markup in "<li>\(line(item))</li>" }
    return "<ul>\(Markup.joined(parts))</ul>\n"
  }

  private static func item(_ line: Substring) -> Substring? {
    ["- ", "* "].first { line.hasPrefix($0) }.map { line.dropFirst($0.count) }
  }

  /// Code, emphasis and links of one line.
  func line(_ text: String) -> Markup {
    var parts: [Markup] = []
    var plain = ""
    var rest = text[...]
    while let sign = rest.first {
      let found: (markup: Markup, rest: Substring)? =
        switch sign {
        case "`": span(rest, "`") { "<code>\($0)</code>" }
        case "*": span(rest, "*") { "<em>\($0)</em>" }
        case "[": link(rest)
        default: nil
        }
      if let found {
        parts += [.text(plain), found.markup]
        plain = ""
        rest = found.rest
      } else {
        plain.append(sign)
        rest = rest.dropFirst()
      }
    }
    return Markup.joined(parts + [.text(plain)])
  }

  private func span(
    _ text: Substring, _ mark: Character, _ markup: (Substring) -> Markup
  ) -> (Markup, Substring)? {
    let inner = text.dropFirst()
    guard let end = inner.firstIndex(of: mark), end > inner.startIndex,
      inner.first?.isWhitespace == false
    else { return nil }
    return (markup(inner[..<end]), inner[inner.index(after: end)...])
  }

  /// `[words](address)`.
  private func link(_ text: Substring) -> (Markup, Substring)? {
    guard let close = text.firstIndex(of: "]") else { return nil }
    let words = text[text.index(after: text.startIndex)..<close]
    let behind = text[text.index(after: close)...]
    guard behind.first == "(", let end = behind.firstIndex(of: ")") else { return nil }
    let target = behind[behind.index(after: behind.startIndex)..<end].trimmed
    return (link(words, String(target)), behind[behind.index(after: end)...])
  }

  private func link(_ words: Substring, _ target: String) -> Markup {
    if target.hasPrefix("https://") || target.hasPrefix("http://") {
      return "<a href=\"\(target)\" rel=\"noreferrer\">\(words)</a>"
    }
    let root = String(repeating: "../", count: depth)
    if let mark = target.firstIndex(of: "#") {
      let wanted = Self.anchor(target[target.index(after: mark)...])
      let term = catalog.glossary.terms.first { Self.anchor($0.name[...]) == wanted }
      if let term {
        return "<a href=\"\(root)glossary.html#\(SiteAddress.term(term.name))\">\(words)</a>"
      }
    }
    if catalog.entry(named: target) != nil {
      return "<a href=\"\(root)\(SiteAddress.table(target))\">\(words)</a>"
    }
    return .text(words)
  }

  /// A heading as Markdown's links name it: `net-amount`.
  private static func anchor(_ text: Substring) -> String {
    text.lowercased().replacing(" ", with: "-")
  }
}
