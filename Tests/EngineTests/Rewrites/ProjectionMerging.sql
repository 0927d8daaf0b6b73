-- Two select lists become one.
SELECT x + 1 AS y FROM (SELECT a AS x, s FROM t) q;
-- before:
--   project (x + 1) as y
--     project a as x, s
--       scan t (a, b, c, s, d, e, f)
-- after:
--   project (a + 1) as y
--     scan t (a, b, c, s, d, e, f)

SELECT y * 2 AS z FROM (SELECT a + 1 AS y, s FROM t) q;
-- before:
--   project (y * 2) as z
--     project (a + 1) as y, s
--       scan t (a, b, c, s, d, e, f)
-- after:
--   project ((a + 1) * 2) as z
--     scan t (a, b, c, s, d, e, f)

-- Nothing is computed twice for it.
SELECT y * y AS z FROM (SELECT a + 1 AS y FROM t) q;
-- before:
--   project (y * y) as z
--     project (a + 1) as y
--       scan t (a, b, c, s, d, e, f)
-- after:
--   project (y * y) as z
--     project (a + 1) as y
--       scan t (a, b, c, s, d, e, f)

-- A list that changes nothing goes.
SELECT * FROM u;
-- before:
--   project a, x, y, z
--     scan u (a, x, y, z)
-- after:
--   scan u (a, x, y, z)
