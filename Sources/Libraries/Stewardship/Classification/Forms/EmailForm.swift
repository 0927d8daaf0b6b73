/// Addresses of e-mail.
enum EmailForm {
  /// Whether `text` is one, and nothing else.
  static func matches(_ text: some StringProtocol) -> Bool {
    var address = Substring(text)
    if address.lowercased().hasPrefix("mailto:") { address = address.dropFirst(7) }
    guard let at = address.lastIndex(of: "@"), address.utf8.count <= 254 else { return false }
    let (local, domain) = (address[..<at], address[at...].dropFirst())
    guard !local.isEmpty, local.utf8.count <= 64, local.first != ".", local.last != ".",
      !local.contains(".."),
      local.allSatisfy({ $0.isLetter || $0.isNumber || "!#$%&'*+-/=?^_`{|}~.".contains($0) })
    else { return false }
    let parts = domain.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 2, let top = parts.last, top.count >= 2, top.contains(where: \.isLetter)
    else { return false }
    return parts.allSatisfy { part in
      !part.isEmpty && part.first != "-" && part.last != "-"
        && part.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
    }
  }
}
