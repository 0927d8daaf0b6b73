import Core
import Pages

/// A row of bars, one a value: a column of numbers over days or names.
struct BarChart {
  let title: String
  let bars: [(label: String, value: Double, words: String)]
  var width = 300.0
  var height = 72.0

  var markup: Markup {
    let most = max(bars.map(\.value).max() ?? 0, 0)
    let step = width / Double(max(1, bars.count))
    let shapes = bars.enumerated().map { index, bar -> Markup in
      let size = most > 0 ? max(bar.value > 0 ? 1.5 : 0, bar.value / most * (height - 18)) : 0
      return """
        <rect class="bar" x="\(Double(index) * step)" y="\(height - 16 - size)" \
        width="\(max(1, step - min(3, step * 0.25)))" height="\(size)">\
        <title>\(bar.words)</title></rect>
        """
    }
    let first = bars.first?.label ?? ""
    let last = bars.last?.label ?? ""
    return """
      <svg viewBox="0 0 \(width) \(height)" role="img"><title>\(title)</title>\
      \(Markup.joined(shapes))<path class="rule" d="M0 \(height - 16)H\(width)"/>\
      <text class="tick" x="0" y="\(height - 4)">\(first)</text>\
      <text class="tick" text-anchor="end" x="\(width)" y="\(height - 4)">\(last)</text></svg>
      """
  }
}

/// A line through values in order.
struct LineChart {
  let title: String
  let points: [(label: String, value: Double)]

  private static let (width, height) = (720.0, 200.0)

  var markup: Markup {
    let values = points.map(\.value)
    let low = min(0, values.min() ?? 0)
    let high = max(values.max() ?? 1, low + 1e-9)
    let step = (Self.width - 20) / Double(max(1, points.count - 1))
    let corners = points.enumerated().map { index, point in
      let y = 10 + (Self.height - 40) * (high - point.value) / (high - low)
      return "\(index == 0 ? "M" : "L")\(Markup.length(10 + Double(index) * step)) "
        + Markup.length(y)
    }
    let first = points.first?.label ?? ""
    let last = points.last?.label ?? ""
    return """
      <div class="scroll wide" tabindex="0" role="region" aria-label="\(title)">\
      <svg viewBox="0 0 \(Self.width) \(Self.height)" role="img">\
      <title>\(title), from \(first) to \(last)</title>\
      <path class="rule" d="M10 \(Self.height - 30)H\(Self.width - 10)"/>\
      <path class="curve" d="\(corners.joined())"/>\
      <text class="tick" x="10" y="\(Self.height - 12)">\(first)</text>\
      <text class="tick" text-anchor="end" x="\(Self.width - 10)" y="\(Self.height - 12)">\
      \(last)</text></svg></div>
      """
  }
}

/// Shares of a whole, as one bar in parts.
struct ShareBar {
  let title: String
  let parts: [(name: String, value: Double, words: String)]

  var markup: Markup {
    let whole = max(parts.reduce(0) { $0 + $1.value }, 1)
    var left = 0.0
    let shapes = parts.enumerated().map { index, part -> Markup in
      let width = part.value / whole * 720
      defer { left += width }
      let shade = 1 - 0.75 * Double(index) / Double(max(1, parts.count))
      return """
        <rect class="bar" opacity="\(shade)" x="\(left)" y="0" \
        width="\(max(0.5, width - 1))" height="22"><title>\(part.words)</title></rect>
        """
    }
    return """
      <svg viewBox="0 0 720 22" role="img"><title>\(title)</title>\(Markup.joined(shapes))</svg>
      """
  }
}
