import Core
import TestSupport

/// The pages of a site, taken apart.
struct SitePages {
  /// By their way from the site's folder.
  private(set) var texts: [String: String] = [:]
  private(set) var links: [String: [String]] = [:]
  private var places: [String: Set<String>] = [:]
  private var others: Set<String> = []

  init(_ folder: String) throws {
    let files = LocalFileSystem()
    for part in ["", "tables/"] {
      for name in try files.list("\(folder)/\(part)") where name.contains(".") {
        let page = part + name
        guard name.hasSuffix(".html") else {
          others.insert(page)
          continue
        }
        let text = String(decoding: try files.read("\(folder)/\(page)"), as: UTF8.self)
        texts[page] = text
        links[page] = Self.values(of: "href", in: text)
        places[page] = Set(Self.values(of: "id", in: text))
      }
    }
  }

  /// Whether a link on a page leads to a page, and a place on it, that are there.
  func resolves(_ link: String, from page: String) -> Bool {
    let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    var path = String(parts[0])
    let isBelow = page.hasPrefix("tables/")
    if path.isEmpty {
      path = page
    } else if path.hasPrefix("../") {
      guard isBelow else { return false }
      path = String(path.dropFirst(3))
    } else if isBelow {
      path = "tables/\(path)"
    }
    if others.contains(path) { return parts.count == 1 }
    guard let found = places[path] else { return false }
    return parts.count == 1 || found.contains(String(parts[1]))
  }

  /// Whether each element that is opened is closed, in order.
  static func isBalanced(_ html: String) -> Bool {
    let void: Set<Substring> = ["meta", "link", "input", "br", "img", "rect", "path"]
    var open: [Substring] = []
    for part in html.split(separator: "<").dropFirst(html.hasPrefix("<") ? 0 : 1) {
      let tag = part.prefix { $0 != ">" }
      if tag.hasPrefix("!") || tag.hasSuffix("/") { continue }
      let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }
      if open.last == "script", !tag.hasPrefix("/script") { continue }
      if tag.hasPrefix("/") {
        guard open.popLast() == name else { return false }
      } else if !void.contains(name) || html.contains("</\(name)>") {
        open.append(name)
      }
    }
    return open.isEmpty
  }

  private static func values(of attribute: String, in html: String) -> [String] {
    html.split(separator: " \(attribute)=\"").dropFirst().map { part in
      String(part.prefix { $0 != "\"" })
    }
  }
}
