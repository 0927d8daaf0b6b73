-- No product while conditions join the tables another way.
SELECT p.category, s.city FROM silver.products p, silver.stores s, silver.sales l
WHERE p.sku = l.sku AND s.store_id = l.store_id AND p.category = 'tea';
-- before:
--   project category, city
--     inner join on sku = sku and store_id = store_id
--       cross join
--         filter (category = 'tea')
--           scan silver.products (sku, category, cost)
--         scan silver.stores (store_id, city, opened)
--       scan silver.sales (id, line, store_id, sku, day, at, quantity, price, amount, note)
-- after:
--   project category, city
--     project sku, category, cost, store_id, city, opened, id, line, store_id, sku, day, at, quantity, price, amount, note
--       inner join on store_id = store_id
--         inner join on sku = sku
--           filter (category = 'tea')
--             scan silver.products (sku, category, cost)
--           scan silver.sales (id, line, store_id, sku, day, at, quantity, price, amount, note)
--         scan silver.stores (store_id, city, opened)

-- A product that no condition avoids comes last.
SELECT t.s FROM t, silver.stores s, u WHERE t.a = u.a;
-- before:
--   project s
--     inner join on a = a
--       cross join
--         scan t (a, b, c, s, d, e, f)
--         scan silver.stores (store_id, city, opened)
--       scan u (a, x, y, z)
-- after:
--   project s
--     inner join on a = a
--       cross join
--         scan t (a, b, c, s, d, e, f)
--         scan silver.stores (store_id, city, opened)
--       scan u (a, x, y, z)

-- An order that is good enough stays.
SELECT l.id FROM silver.sales l JOIN silver.stores s ON s.store_id = l.store_id
JOIN silver.products p ON p.sku = l.sku;
-- before:
--   project id
--     inner join on sku = sku
--       inner join on store_id = store_id
--         scan silver.sales (id, line, store_id, sku, day, at, quantity, price, amount, note)
--         scan silver.stores (store_id, city, opened)
--       scan silver.products (sku, category, cost)
-- after:
--   project id
--     inner join on sku = sku
--       inner join on store_id = store_id
--         scan silver.sales (id, line, store_id, sku, day, at, quantity, price, amount, note)
--         scan silver.stores (store_id, city, opened)
--       scan silver.products (sku, category, cost)

-- An equality that no order splits is a condition.
SELECT t.s FROM t, silver.stores s, u, silver.products p
WHERE t.s = s.store_id AND u.x = p.sku AND concat(t.s, u.x) = concat(s.city, p.category);
-- before:
--   project s
--     inner join on x = sku and (concat(s, x) = concat(city, category))
--       cross join
--         inner join on s = store_id
--           scan t (a, b, c, s, d, e, f)
--           scan silver.stores (store_id, city, opened)
--         scan u (a, x, y, z)
--       scan silver.products (sku, category, cost)
-- after:
--   project s
--     inner join on x = sku and (concat(s, x) = concat(city, category))
--       cross join
--         inner join on s = store_id
--           scan t (a, b, c, s, d, e, f)
--           scan silver.stores (store_id, city, opened)
--         scan u (a, x, y, z)
--       scan silver.products (sku, category, cost)

-- An outer join is an input of those around it, and stays as it is.
SELECT l.id FROM t, silver.sales l LEFT JOIN silver.stores s ON s.store_id = l.store_id
WHERE t.s = l.sku;
-- before:
--   project id
--     inner join on s = sku
--       scan t (a, b, c, s, d, e, f)
--       left join on store_id = store_id
--         scan silver.sales (id, line, store_id, sku, day, at, quantity, price, amount, note)
--         scan silver.stores (store_id, city, opened)
-- after:
--   project id
--     inner join on s = sku
--       scan t (a, b, c, s, d, e, f)
--       left join on store_id = store_id
--         scan silver.sales (id, line, store_id, sku, day, at, quantity, price, amount, note)
--         scan silver.stores (store_id, city, opened)
