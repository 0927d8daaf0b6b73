"""What comes of a call, by Spark and by us: a value, NULL or an error?

    function_values.py FUZZ [NAME…]

FUZZ is our product `fuzz`. It calls each function, operator, aggregate and cast with values at the
ends of every type, and says what comes of it; Spark evaluates the same text, with ANSI on, in UTC.
Calls that either refuses for their types are left to function_types.py. A difference must be
allowed by a line of function_values.pass, which says why; a line that allows nothing must go.
NAMEs ask for some functions only, and then no line is asked to be of use.
"""

import json
import math
import pathlib
import re
import struct
import sys

from function_types import Allowed, Spark, answer

# Of the clock, of chance, or of no value at all.
UNSTEADY = set(
    "rand randn random shuffle uuid now curdate current_date current_timestamp localtimestamp "
    "current_timezone raise_error".split()
)
RUNS = 300  # The first inputs of `fuzz` are the names, one each; there are fewer of them.
UNREADABLE = re.compile("\ufffd+")
ERROR, REFUSED = "error", "refused"


def our_answers(fuzz, names):
    """Of each call the function, its type and what comes of it; and the aggregates' names."""
    answers, aggregates = {}, set()
    for line in answer([fuzz, "--function-calls", "--runs", str(RUNS), *names]):
        said = json.loads(line)
        if "refused" in said or said["name"] in UNSTEADY:
            continue
        # In a second row of a column there is NULL, which may be what fails.
        if said["columns"] and "fault" in said:
            continue
        if said["aggregate"]:
            aggregates.add(said["name"])
        kind = said.get("type", "")
        value = ERROR if "fault" in said else as_text(said["value"])
        answers.setdefault(said["call"], (said["name"], kind, value))
    return answers, aggregates


def as_text(value):
    """A value apart from the words for none."""
    return "NULL" if value is None else "=" + value


class Values(Spark):
    """Has Spark evaluate calls."""

    def __init__(self):
        super().__init__()
        import py4j.java_gateway
        import py4j.protocol
        from pyspark import SparkContext
        from pyspark.sql import SparkSession

        # PySpark would ask for each error's words and its whole stack; that it is one is enough.
        py4j.java_gateway.get_return_value = py4j.protocol.get_return_value
        self.session = SparkSession.getActiveSession()._jsparkSession
        catalyst = SparkContext._active_spark_context._jvm.org.apache.spark.sql.catalyst
        self.rules = [
            catalyst.optimizer.ReplaceExpressions, catalyst.optimizer.RewriteWithExpression
        ]

    def of_calls(self, calls):
        """What comes of each call outside aggregates: the analyser's expression is evaluated."""
        try:
            plan = self.plan([f"CAST({each} AS STRING)" for each in calls])
            for rule in self.rules:
                plan = rule.apply(plan)
        except Exception:
            if len(calls) == 1:
                return [REFUSED]
            half = len(calls) // 2
            return self.of_calls(calls[:half]) + self.of_calls(calls[half:])
        items = plan.projectList()
        return [self.evaluated(items.apply(at)) for at in range(len(calls))]

    @staticmethod
    def evaluated(item):
        if not item.resolved():
            return REFUSED
        try:
            value = item.child().eval(None)
            return as_text(None if value is None else value.toString())
        except Exception:
            return ERROR

    def of_aggregates(self, calls):
        """What comes of each aggregate over two rows of the same values."""
        items = ", ".join(f"CAST({each} AS STRING)" for each in calls)
        try:
            row = self.session.sql(f"SELECT {items} FROM range(2)").head()
            return [as_text(row.get(at)) for at in range(len(calls))]
        except Exception as error:
            if len(calls) > 1:
                half = len(calls) // 2
                return self.of_aggregates(calls[:half]) + self.of_aggregates(calls[half:])
            thrown = error.java_exception.getClass().getSimpleName()
            return [REFUSED if thrown.endswith(("AnalysisException", "ParseException")) else ERROR]


def is_same(kind, ours, sparks):
    """Whether two answers are one. Libraries of mathematics differ in the last digit, and writers
    of what is not UTF-8 in how many signs they put for it."""
    if UNREADABLE.sub("?", ours) == UNREADABLE.sub("?", sparks):
        return True
    if kind == "DOUBLE" and ours[0] == sparks[0] == "=":
        return math.isclose(float(ours[1:]), float(sparks[1:]), rel_tol=1e-14)
    if kind == "FLOAT" and ours[0] == sparks[0] == "=":
        # Before Java 19 a FLOAT may be written with a digit more than it needs.
        return struct.pack("f", float(ours[1:])) == struct.pack("f", float(sparks[1:]))
    return False


def main():
    fuzz, names = sys.argv[1], sys.argv[2:]
    (ours, aggregates), spark = our_answers(fuzz, names), Values()
    allowed = Allowed(pathlib.Path(__file__).with_suffix(".pass"))
    count = found = 0
    for asks_aggregates in (False, True):
        calls = [call for call in ours if (ours[call][0] in aggregates) == asks_aggregates]
        ask = spark.of_aggregates if asks_aggregates else spark.of_calls
        for at in range(0, len(calls), 100):
            some = calls[at : at + 100]
            for call, other in zip(some, ask(some)):
                name, kind, mine = ours[call]
                count += other != REFUSED
                if other == REFUSED or is_same(kind, mine, other):
                    continue
                if not allowed.allows(name, [call], mine, other):
                    found += 1
                    print(f"{name}: {call}: ours {mine!r}, Spark's {other!r}", flush=True)
    idle = [line[4] for line, used in zip(allowed.lines, allowed.used) if not used and not names]
    for why in idle:
        print(f"function_values.pass: nothing differs any more: {why}")
    print(f"{count} calls, {found} differ that may not", file=sys.stderr)
    sys.exit(1 if found or idle else 0)


main()
