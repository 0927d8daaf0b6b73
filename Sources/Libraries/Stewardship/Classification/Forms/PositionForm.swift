/// Places on the globe.
enum PositionForm {
  /// Whether `text` is a pair of degrees, a point or degrees with minutes.
  static func isPoint(_ text: some StringProtocol) -> Bool {
    var body = Substring(text.lowercased())
    for start in ["point(", "point (", "geo:", "(", "["] where body.hasPrefix(start) {
      body = body.dropFirst(start.count)
      break
    }
    while let last = body.last, ")] ".contains(last) { body = body.dropLast() }
    if body.contains("°") { return isInMinutes(body) }
    if body.hasPrefix("{"), let numbers = body.firstRange(of: "coordinates") {
      body = body[numbers.upperBound...].filter { "-.0123456789,".contains($0) }[...]
    }
    let parts = body.split { $0 == "," || $0 == " " || $0 == ";" }
    guard parts.count == 2, let first = degrees(parts[0]), let second = degrees(parts[1]) else {
      return false
    }
    return min(first.decimals, second.decimals) >= 3
      && min(abs(first.value), abs(second.value)) <= 90
      && max(abs(first.value), abs(second.value)) <= 180
  }

  private static func isInMinutes(_ text: Substring) -> Bool {
    text.contains { "nsewo".contains($0) } && text.contains(where: \.isNumber)
      && text.allSatisfy { $0.isNumber || "nsewo°'\"′″.,- ".contains($0) }
  }

  /// A number with a fraction, and how many digits this has.
  static func degrees(_ text: some StringProtocol) -> (value: Double, decimals: Int)? {
    guard let point = text.firstIndex(of: "."), let value = Double(String(text)),
      abs(value) <= 180,
      text.allSatisfy({ $0.isASCII && $0.isNumber || "+-.".contains($0) })
    else { return nil }
    return (value, text[point...].count - 1)
  }

  /// Whether numbers are degrees, taken together: fine, far apart, and on both sides of what shares
  /// and rates are.
  static func areDegrees(_ texts: [String], isCalledSo: Bool) -> Bool {
    let found = texts.compactMap { degrees($0) }
    guard !texts.isEmpty, Double(found.count) >= 0.98 * Double(texts.count) else { return false }
    // Zeros at the end are not written.
    let fine = found.filter { $0.decimals >= (isCalledSo ? 3 : 4) }.count
    guard Double(fine) >= 0.85 * Double(found.count) else { return false }
    if isCalledSo { return true }
    let values = found.map(\.value)
    guard found.count >= 10, let least = values.min(), let most = values.max() else { return false }
    let large = values.filter { abs($0) > 3 }.count
    return most - least > 0.01 && Double(large) >= 0.7 * Double(values.count)
      && found.allSatisfy { $0.decimals <= 8 || $0.decimals >= 12 }
  }
}
