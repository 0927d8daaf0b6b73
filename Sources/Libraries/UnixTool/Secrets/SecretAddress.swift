import Core

/// An address that has secrets in it by their names: `https://host/secret:NAME`,
/// `postgresql://user:secret:NAME@host/db`, `host=h password=secret:NAME`.
package struct SecretAddress {
  private enum Part {
    case text(String)
    case secret(String)
    /// One that is a user's password, before the host.
    case password(String)
  }

  private var parts: [Part] = []

  /// The address in `text`; nil when no secret is named in it.
  package init?(_ text: String) {
    var rest = text[...]
    var begun = ""
    var hasSecret = false
    while let found = rest.firstRange(of: Secret.mark) {
      let before = rest[..<found.lowerBound]
      let name = rest[found.upperBound...].prefix { Secret.isName("a\($0)") }
      let sign = before.last ?? begun.last
      guard let sign, "/:=@?&'".contains(sign), Secret.isName(name) else {
        begun += rest[..<found.upperBound]
        rest = rest[found.upperBound...]
        continue
      }
      begun += before
      rest = rest[name.endIndex...]
      hasSecret = true
      parts.append(.text(begun))
      let isPassword = sign == ":" && rest.first == "@"
      parts.append(isPassword ? .password(String(name)) : .secret(String(name)))
      begun = ""
    }
    guard hasSecret else { return nil }
    parts.append(.text(begun + rest))
  }

  /// The address with what `value` gives for each name.
  func text(_ value: (String) throws(Fault) -> [UInt8]) throws(Fault) -> String {
    var result = ""
    for part in parts {
      switch part {
      case .text(let text): result += text
      case .secret(let name): result += String(decoding: try value(name), as: UTF8.self)
      case .password(let name): result += Self.spelled(try value(name))
      }
    }
    return result
  }

  /// As an address has what would end a part of it.
  private static func spelled(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      Secret.isName("a\(Unicode.Scalar(byte))")
        ? "\(Unicode.Scalar(byte))" : "%" + hexText([byte]).uppercased()
    }.joined()
  }

  /// The address of a database's server in `text` without the password that it names, and that as
  /// `secret:NAME`: a server is told its password apart from its address.
  package static func parted(_ text: String) -> (address: String, password: String?) {
    guard let address = SecretAddress(text) else { return (text, nil) }
    var result = ""
    var password: String?
    for part in address.parts {
      switch part {
      case .text(let text): result += text
      case .password(let name):
        // `user:` before it, `@` behind it.
        result.removeLast()
        password = Secret.mark + name
      case .secret(let name):
        let quoted = result.hasSuffix("'") ? String(result.dropLast()) : result
        guard password == nil, quoted.lowercased().hasSuffix("password=") else {
          result += Secret.mark + name
          continue
        }
        result = String(quoted.dropLast("password=".utf8.count))
        password = Secret.mark + name
      }
    }
    return (password == nil ? text : tidied(result), password)
  }

  /// Without the signs that were around what was taken out.
  private static func tidied(_ text: String) -> String {
    var text = text.replacing("?&", with: "?").replacing("&&", with: "&").replacing(
      " ' ", with: " ")
    if text.hasSuffix(" '") { text.removeLast(2) }
    while let last = text.last, "?& ".contains(last) { text.removeLast() }
    return text.hasPrefix("' ") ? String(text.dropFirst(2)) : text
  }
}
