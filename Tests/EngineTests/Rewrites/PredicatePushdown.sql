-- Through select lists, with the names below.
SELECT x.a FROM (SELECT a, b + 1 AS k FROM t) x WHERE x.a > 5 AND x.k > 7;
-- before:
--   project a
--     filter ((a > 5) and (k > 7))
--       project a, (b + 1) as k
--         scan t (a, b, c, s, d, e, f)
-- after:
--   project a
--     filter (k > 7)
--       project a, (b + 1) as k
--         filter (a > 5)
--           scan t (a, b, c, s, d, e, f)

-- Through groups, if on their keys.
SELECT * FROM (SELECT s, sum(a) AS n FROM t GROUP BY s) g WHERE s = 'x' AND n > 1;
-- before:
--   filter ((s = 'x') and (n > 1))
--     project s, sum_0 as n
--       aggregate [s] sum(cast(a as BIGINT)) as sum_0
--         scan t (a, b, c, s, d, e, f)
-- after:
--   project s, sum_0 as n
--     filter (sum_0 > 1)
--       aggregate [s] sum(cast(a as BIGINT)) as sum_0
--         filter (s = 'x')
--           scan t (a, b, c, s, d, e, f)

-- Through windows, if on what all partition by.
SELECT * FROM (SELECT a, row_number() OVER (PARTITION BY s ORDER BY a) n, s FROM t) w
WHERE s = 'x' AND n = 1;
-- before:
--   filter ((s = 'x') and (n = 1))
--     project a, row_number_0 as n, s
--       window row_number() over (partition by s order by a) as row_number_0
--         scan t (a, b, c, s, d, e, f)
-- after:
--   project a, row_number_0 as n, s
--     filter (row_number_0 = 1)
--       window row_number() over (partition by s order by a) as row_number_0
--         filter (s = 'x')
--           scan t (a, b, c, s, d, e, f)

-- To the sides of a join, and by its equality to the other side.
SELECT t.s FROM t, u WHERE t.a = u.a AND u.x = 'k' AND t.a = 3;
-- before:
--   project s
--     filter ((a = a) and (x = 'k') and (a = 3))
--       cross join
--         scan t (a, b, c, s, d, e, f)
--         scan u (a, x, y, z)
-- after:
--   project s
--     inner join on a = a
--       filter (a = 3)
--         scan t (a, b, c, s, d, e, f)
--       filter (x = 'k')
--         scan u (a, x, y, z)

-- Not below the side that an outer join fills with NULLs.
SELECT t.s FROM t LEFT JOIN u ON t.a = u.a WHERE u.x = 'k' AND t.f;
-- before:
--   project s
--     filter ((x = 'k') and f)
--       left join on a = a
--         scan t (a, b, c, s, d, e, f)
--         scan u (a, x, y, z)
-- after:
--   project s
--     filter (x = 'k')
--       left join on a = a
--         filter f
--           scan t (a, b, c, s, d, e, f)
--         scan u (a, x, y, z)

SELECT * FROM (SELECT a FROM t UNION ALL SELECT a FROM u) v WHERE a < 9;
-- before:
--   filter (a < 9)
--     union all
--       project a
--         scan t (a, b, c, s, d, e, f)
--       project a
--         scan u (a, x, y, z)
-- after:
--   union all
--     project a
--       filter (a < 9)
--         scan t (a, b, c, s, d, e, f)
--     project a
--       filter (a < 9)
--         scan u (a, x, y, z)

-- One that can fail is never computed for rows that a join would have dropped.
SELECT t.a FROM t JOIN u ON t.a = u.a WHERE CAST(t.s AS INT) > 1;
-- before:
--   project a
--     filter (cast(s as INT) > 1)
--       inner join on a = a
--         scan t (a, b, c, s, d, e, f)
--         scan u (a, x, y, z)
-- after:
--   project a
--     filter (cast(s as INT) > 1)
--       inner join on a = a
--         scan t (a, b, c, s, d, e, f)
--         scan u (a, x, y, z)
