/// How much there is of something that is a tree.
struct TreeSize {
  /// How many steps or parts it has, one that stands in it twice counted twice.
  var count = 1
  /// How many of them stand on one another at most.
  var height = 1

  /// What stands on trees of these sizes.
  init(over parts: some Sequence<TreeSize>) {
    for part in parts {
      count += part.count
      height = max(height, part.height + 1)
    }
  }
}

extension LogicalPlan {
  /// How many steps the plan has.
  var size: TreeSize { TreeSize(over: inputs.lazy.map(\.size)) }
}

extension Expression {
  /// How many parts the expression has.
  var size: TreeSize { TreeSize(over: children.lazy.map(\.size)) }

  /// How deep expressions may become when some are put in the place of columns of others: what
  /// computes them goes down into them.
  static let maximumHeight = 2_000
}
