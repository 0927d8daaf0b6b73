-- What all arms of an OR say is said once, whichever side of an equation stands first.
SELECT t.s FROM t, u WHERE (t.a = u.a AND t.b = 1 AND t.f) OR (u.a = t.a AND t.b = 2 AND t.f);
-- before:
--   project s
--     filter (((a = a) and (b = 1) and f) or ((a = a) and (b = 2) and f))
--       cross join
--         scan t (a, b, c, s, d, e, f)
--         scan u (a, x, y, z)
-- after:
--   project s
--     filter ((a = a) and f and ((b = 1) or (b = 2)))
--       cross join
--         scan t (a, b, c, s, d, e, f)
--         scan u (a, x, y, z)

-- An arm of nothing else makes the others idle.
SELECT s FROM t WHERE (a = 1 AND b = 2) OR a = 1;
-- before:
--   project s
--     filter (((a = 1) and (b = 2)) or (a = 1))
--       scan t (a, b, c, s, d, e, f)
-- after:
--   project s
--     filter (a = 1)
--       scan t (a, b, c, s, d, e, f)

-- In ON too: a key of the join is found in it.
SELECT t.s FROM t LEFT JOIN u ON (t.a = u.a AND u.x = 'k') OR (t.a = u.a AND u.x = 'l');
-- before:
--   project s
--     left join on (((a = a) and (x = 'k')) or ((a = a) and (x = 'l')))
--       scan t (a, b, c, s, d, e, f)
--       scan u (a, x, y, z)
-- after:
--   project s
--     left join on a = a and ((x = 'k') or (x = 'l'))
--       scan t (a, b, c, s, d, e, f)
--       scan u (a, x, y, z)

-- Nothing in common.
SELECT s FROM t WHERE (a = 1 AND b = 2) OR (a = 2 AND b = 1);
-- before:
--   project s
--     filter (((a = 1) and (b = 2)) or ((a = 2) and (b = 1)))
--       scan t (a, b, c, s, d, e, f)
-- after:
--   project s
--     filter (((a = 1) and (b = 2)) or ((a = 2) and (b = 1)))
--       scan t (a, b, c, s, d, e, f)
