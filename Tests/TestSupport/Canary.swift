package import Core
import Glibc

/// A secret that every run of a tool in tests is given, and that no tool has a use for: where it is
/// seen, a secret would be.
package enum Canary {
  /// It has what texts escape, so that each spelling differs.
  package static let text = #"canary-Qf7/&x"V%<9'k\2 é~"#
  /// The variable that holds it, as any secret.
  package static let variable = "MEDALLION_SECRET_CANARY"

  /// How it is spelled in `bytes`, where it is there; each way is spelled out here anew, so that
  /// what masks cannot hide from what looks.
  package static func spellings(in bytes: [UInt8]) -> [String] {
    forms.compactMap { name, form in
      bytes.count >= form.count && contains(bytes, form) ? name : nil
    }
  }

  /// The files below `folder` in which it is seen, and how. `_secrets` is where secrets are.
  package static func leaks(below folder: String) throws(Fault) -> [String] {
    let files = LocalFileSystem()
    var found: [String] = []
    for name in try files.list(folder) where name != "_secrets" {
      let path = "\(folder)/\(name)"
      found += spellings(in: Array(name.utf8)).map { "\(path): a name, \($0)" }
      guard let status = try? files.status(of: path), !status.isLink else { continue }
      if status.isDirectory {
        found += try leaks(below: path)
      } else if status.kind == .file, let bytes = try? files.read(path) {
        found += spellings(in: bytes).map { "\(path): \($0)" }
      }
    }
    return found
  }

  private static let forms: [(String, [UInt8])] = {
    let bytes = Array(text.utf8)
    func percent(_ isUpper: Bool) -> String {
      bytes.map { byte in
        let isPlain =
          (0x30...0x39 ~= byte) || (0x41...0x5A ~= byte) || (0x61...0x7A ~= byte)
          || "-_.~".utf8.contains(byte)
        let digits = String(byte, radix: 16, uppercase: isUpper)
        return isPlain
          ? String(Unicode.Scalar(byte)) : "%" + (digits.utf8.count < 2 ? "0" : "") + digits
      }.joined()
    }
    let json = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    let html = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
      .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    var forms: [(String, [UInt8])] = [
      ("as it is", bytes), ("URL-encoded", Array(percent(true).utf8)),
      ("URL-encoded, small", Array(percent(false).utf8)), ("in JSON", Array(json.utf8)),
      ("in HTML", Array(html.utf8)), ("in hexadecimal", Array(hexText(bytes).utf8)),
      ("in capital hexadecimal", Array(hexText(bytes).uppercased().utf8)),
    ]
    for offset in 0...2 {
      // Without the signs that what stands before and behind has a part in.
      let code = Array(Radix64.text([UInt8](repeating: 0x3A, count: offset) + bytes).utf8)
      forms.append(("in base64, place \(offset)", Array(code.dropFirst(4).dropLast(4))))
    }
    return forms
  }()

  private static func contains(_ bytes: [UInt8], _ form: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { all in
      guard var place = all.baseAddress else { return false }
      let end = place + all.count
      while end - place >= form.count,
        let found = memchr(place, Int32(form[0]), end - place - form.count + 1)
      {
        if memcmp(found, form, form.count) == 0 { return true }
        place = UnsafeRawPointer(found) + 1
      }
      return false
    }
  }
}
