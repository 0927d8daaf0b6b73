import Core
package import JSON

/// A part of the lineage graph: what was found on a walk from one node.
package struct Lineage: Equatable, Sendable {
  package let root: LineageNode
  package let direction: LineageGraph.Direction
  /// Each step once, the nearest first.
  package let steps: [LineageStep]

  /// The nodes that were reached, without the root, sorted.
  package var reached: [LineageNode] {
    Set(steps.map { direction == .upstream ? $0.input : $0.output }).subtracting([root]).sorted()
  }

  /// The jobs that took part, sorted.
  package var jobs: [String] { Set(steps.map(\.job)).sorted() }

  /// The walk as a tree of text, a node a line. A node that has branches and stands a second time
  /// says so in place of them.
  package var text: String {
    var lines = [shown(root.description)]
    var drawn: Set<LineageNode> = [root]
    let branches = branches
    func draw(_ node: LineageNode, _ margin: String) {
      let children = branches[node] ?? []
      for (index, child) in children.enumerated() {
        let isLast = index == children.count - 1
        let isRepeated = drawn.contains(child.node) && branches[child.node] != nil
        let note = child.words.isEmpty ? "" : "  (\(child.words))"
        let line = shown("\(child.node)\(note)\(isRepeated ? "  (above)" : "")")
        lines.append("\(margin)\(isLast ? "└─ " : "├─ ")\(line)")
        if drawn.insert(child.node).inserted {
          draw(child.node, margin + (isLast ? "   " : "│  "))
        }
      }
    }
    draw(root, "")
    return lines.joined(separator: "\n") + "\n"
  }

  /// The walk as JSON: the root, the direction, nodes and steps.
  package var json: JSONValue {
    [
      "root": .string(root.description), "direction": .string(direction.rawValue),
      "nodes": .array(([root] + reached).map(json)),
      "steps": .array(
        steps.map { step in
          .object(
            JSONObject(present: [
              ("input", .string(step.input.description)),
              ("output", .string(step.output.description)), ("job", .string(step.job)),
              ("influence", step.influence.map { .string($0.words) }),
            ]))
        }),
    ]
  }

  /// The walk as a Graphviz graph.
  package var dot: String {
    var lines = ["digraph lineage {", "  rankdir=LR;", "  node [shape=box];"]
    for node in [root] + reached {
      lines.append(
        "  \(quotedForGraphviz(node.description))\(node == root ? " [style=bold]" : "");")
    }
    for arrow in arrows {
      let label = arrow.words.isEmpty ? "" : " [label=\(quotedForGraphviz(arrow.words))]"
      let (input, output) = (arrow.input.description, arrow.output.description)
      lines.append("  \(quotedForGraphviz(input)) -> \(quotedForGraphviz(output))\(label);")
    }
    return lines.joined(separator: "\n") + "\n}\n"
  }

  /// The walk as a Mermaid flow chart.
  package var mermaid: String {
    let nodes = [root] + reached
    let ids = Dictionary(
      uniqueKeysWithValues: nodes.enumerated().map { ($0.element, "n\($0.offset)") })
    var lines = ["flowchart LR"]
    for node in nodes {
      lines.append("  \(ids[node] ?? "")[\(quotedForMermaid(node.description))]")
    }
    for arrow in arrows {
      let label = arrow.words.isEmpty ? "" : "|\(arrow.words)|"
      lines.append("  \(ids[arrow.input] ?? "") -->\(label) \(ids[arrow.output] ?? "")")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private struct Branch {
    let node: LineageNode
    let words: String
  }

  private struct Arrow {
    let input: LineageNode
    let output: LineageNode
    var influences: [String]

    var words: String { influences.joined(separator: ", ") }
  }

  /// One arrow for each pair of nodes, whose words join all influences.
  private var arrows: [Arrow] {
    var arrows: [Arrow] = []
    var positions: [[LineageNode]: Int] = [:]
    for step in steps {
      let words = step.influence?.words ?? ""
      if let position = positions[[step.input, step.output]] {
        if !words.isEmpty && !arrows[position].influences.contains(words) {
          arrows[position].influences.append(words)
        }
      } else {
        positions[[step.input, step.output]] = arrows.count
        let influences = words.isEmpty ? [] : [words]
        arrows.append(Arrow(input: step.input, output: step.output, influences: influences))
      }
    }
    return arrows
  }

  private var branches: [LineageNode: [Branch]] {
    var branches: [LineageNode: [Branch]] = [:]
    for arrow in arrows {
      let (from, to) =
        direction == .upstream ? (arrow.output, arrow.input) : (arrow.input, arrow.output)
      branches[from, default: []].append(Branch(node: to, words: arrow.words))
    }
    return branches
  }

  private func json(_ node: LineageNode) -> JSONValue {
    .object(
      JSONObject(present: [
        ("name", .string(node.description)), ("namespace", .string(node.dataset.namespace)),
        ("dataset", .string(node.dataset.name)), ("column", node.column.map { .string($0) }),
      ]))
  }
}
