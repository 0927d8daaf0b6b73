import Core
import YAML

/// One file of the glossary.
struct GlossaryFile {
  private(set) var terms: [GlossaryTerm] = []
  private(set) var tableDescriptions: [Glossary.Description] = []
  private(set) var columnDescriptions: [Glossary.Description] = []
  private(set) var holding: Glossary.Holding?

  /// Reads `text`, which stands in the file `path`.
  init(_ text: String, _ path: String) throws(Fault) {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
    var start = 0
    var head: YAMLValue?
    if lines.first?.trimmed == "---" {
      guard let end = lines.dropFirst().firstIndex(where: { $0.trimmed == "---" }) else {
        throw Fault(
          .configuration, at: Place(path, line: 1), "what stands ahead of the text does not end",
          remedy: "close it with a line of three dashes")
      }
      start = end + 1
      // An empty line in place of the dashes keeps the lines' numbers.
      let yaml = "\n" + lines[1..<end].joined(separator: "\n") + "\n"
      head = try YAMLFile([UInt8](yaml.utf8), path: path).root
    }
    let sections = MarkdownSections(lines, from: start)
    terms = sections.terms.map { section in
      GlossaryTerm(section.title, section.text, at: Place(path, line: section.line))
    }
    for term in terms where term.name.isEmpty {
      throw Fault(
        .configuration, at: term.place, "a heading without words", remedy: "write the term")
    }
    if let head { try read(head, title: sections.title) }
    for index in terms.indices where terms[index].domain == nil {
      terms[index].domain = sections.title
    }
  }

  private mutating func read(_ head: YAMLValue, title: String?) throws(Fault) {
    let keys = try head.members(
      allowed: ["owner", "domain", "tables", "descriptions", "columns", "terms"])
    let owner = try keys["owner"]?.text()
    let domain = try keys["domain"]?.text() ?? title
    if let tables = keys["tables"] {
      holding = Glossary.Holding(
        tables: try Self.patterns(tables), owner: owner, domain: domain, place: tables.place)
    }
    tableDescriptions = try Self.descriptions(keys["descriptions"])
    columnDescriptions = try Self.descriptions(keys["columns"])
    for index in terms.indices {
      terms[index].owner = owner
      terms[index].domain = domain
    }
    for (name, value) in try keys["terms"]?.members() ?? [] {
      guard let index = terms.firstIndex(where: { $0.isCalled(name) }) else {
        throw Fault(
          .configuration, at: value.place, "there is no heading '\(name)' in this file",
          remedy: Suggestion.remedy(
            for: name, among: terms.map(\.name), otherwise: "write what it means below one"))
      }
      let members = try value.members(allowed: ["columns", "tables", "also", "owner"])
      terms[index].columns = try members["columns"].map(Self.patterns) ?? []
      terms[index].tables = try members["tables"].map(Self.patterns) ?? []
      terms[index].synonyms = try members["also"]?.texts() ?? []
      terms[index].owner = try members["owner"]?.text() ?? owner
    }
  }

  private static func patterns(_ value: YAMLValue) throws(Fault) -> [NamePattern] {
    try value.texts().map(NamePattern.init)
  }

  private static func descriptions(
    _ value: YAMLValue?
  ) throws(Fault) -> [Glossary.Description] {
    var found: [Glossary.Description] = []
    for (name, text) in try value?.members() ?? [] {
      found.append(
        Glossary.Description(
          pattern: NamePattern(name), text: try text.text(), place: text.place))
    }
    return found
  }
}

/// The headings of a Markdown text that are terms, with what stands below each: those of the second
/// level, or where there are none those of the first, which else titles the file.
struct MarkdownSections {
  struct Section {
    var title: String
    var level: Int
    /// The heading's, from 1.
    var line: Int
    var text: String
  }

  let title: String?
  let terms: [Section]

  /// Reads `lines` from the position `start` on.
  init(_ lines: [String], from start: Int) {
    var sections: [Section] = []
    var fence: String?
    for index in lines.indices.dropFirst(start) {
      let line = lines[index]
      if let mark = Self.fence(line) {
        if fence == nil { fence = mark } else if fence == mark { fence = nil }
      }
      if fence == nil, let heading = Self.heading(line) {
        sections.append(
          Section(title: heading.title, level: heading.level, line: index + 1, text: ""))
      } else if !sections.isEmpty {
        sections[sections.count - 1].text += line + "\n"
      }
    }
    let level = sections.contains { $0.level == 2 } ? 2 : 1
    title = level == 2 ? sections.first { $0.level == 1 }?.title : nil
    var terms: [Section] = []
    for section in sections {
      if section.level == level {
        terms.append(section)
      } else if section.level > level, !terms.isEmpty {
        let mark = String(repeating: "#", count: section.level)
        terms[terms.count - 1].text += "\(mark) \(section.title)\n\(section.text)"
      }
    }
    self.terms = terms.map { section in
      var section = section
      section.text = String(section.text.trimmed)
      return section
    }
  }

  private static func heading(_ line: String) -> (title: String, level: Int)? {
    let level = line.prefix { $0 == "#" }.count
    let rest = line.dropFirst(level)
    guard (1...6).contains(level), rest.isEmpty || rest.first == " " || rest.first == "\t" else {
      return nil
    }
    var title = rest.trimmed
    while title.last == "#" { title = title.dropLast() }
    return (String(title.trimmed), level)
  }

  private static func fence(_ line: String) -> String? {
    let text = line.trimmed
    return ["```", "~~~"].first { text.hasPrefix($0) }
  }
}
