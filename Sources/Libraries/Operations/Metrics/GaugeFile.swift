/// Gauges in the text that node_exporter's textfile collector reads.
///
/// It takes Prometheus' older text format and passes over a whole file that has a time behind a
/// value or a kind that it does not know; OpenMetrics' counters lose their type in it. A file of
/// gauges alone that ends with `# EOF` is read alike by both. A name has one help text, wherever it
/// stands: of two the collector drops one.
package struct GaugeFile {
  /// One gauge with all of its series.
  private struct Gauge {
    var name: String
    var help: String
    var lines: [String] = []
  }

  private var gauges: [Gauge] = []

  package init() {}

  /// Adds one value; `labels` stand in the order given, and series in that of their adding.
  package mutating func add(
    _ name: String, _ help: String, _ labels: [(name: String, value: String)] = [], _ value: Double
  ) {
    let words = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
    let line = "medallion_\(name)\(words.isEmpty ? "" : "{\(words)}") \(Self.number(value))"
    if let index = gauges.firstIndex(where: { $0.name == name }) {
      gauges[index].lines.append(line)
    } else {
      gauges.append(Gauge(name: name, help: help, lines: [line]))
    }
  }

  /// The file's text.
  package var text: String {
    gauges.map { gauge in
      "# HELP medallion_\(gauge.name) \(gauge.help)\n# TYPE medallion_\(gauge.name) gauge\n"
        + gauge.lines.map { "\($0)\n" }.joined()
    }.joined() + "# EOF\n"
  }

  /// A label's value: three signs have to be written otherwise, and none but these may be.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for sign in text.unicodeScalars {
      switch sign {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(sign)
      }
    }
    return result
  }

  /// Whole numbers without a point, so that the same value is the same text.
  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if value == value.rounded(), abs(value) < 1e15 { return "\(Int64(value))" }
    return "\(value)"
  }
}
