-- Versions of a customer: the profile's history cut at every change of the tier.
-- Of several memberships at a time, the one with the lowest loyalty_id gives the tier.
CREATE MATERIALIZED VIEW warehouse.dim_customer
COMMENT 'customers, a row a version'
TBLPROPERTIES (
  'dimension' = 'scd2',
  'key' = 'customer_id',
  'track' = 'name, city, region, postal_code, country, tier',
  'keyed_hash' = 'email_hash, phone_hash',
  'publishes' = 'name(name), address(city, region, postal_code)'
)
AS
WITH boundaries AS (
  SELECT customer_id, __START_AT AS moment FROM silver.customers_history
  UNION ALL
  SELECT customer_id, __END_AT AS moment FROM silver.customers_history
  UNION ALL
  SELECT customer_id, __START_AT AS moment FROM silver.reward_members_history
  UNION ALL
  SELECT customer_id, __END_AT AS moment FROM silver.reward_members_history
),
moments AS (
  SELECT DISTINCT customer_id, moment
  FROM boundaries
  WHERE customer_id IS NOT NULL AND moment IS NOT NULL
),
pieces AS (
  SELECT
    customer_id,
    moment AS valid_from,
    lead(moment) OVER (PARTITION BY customer_id ORDER BY moment) AS valid_to
  FROM moments
),
tiers AS (
  SELECT
    p.customer_id,
    p.valid_from,
    m.tier,
    row_number() OVER (PARTITION BY p.customer_id, p.valid_from ORDER BY m.loyalty_id) AS place
  FROM pieces p
  JOIN silver.reward_members_history m
    ON m.customer_id = p.customer_id
    AND p.valid_from >= m.__START_AT
    AND (m.__END_AT IS NULL OR p.valid_from < m.__END_AT)
)
SELECT
  p.customer_id,
  nullif(concat_ws(' ', c.first_name, c.last_name), '') AS name,
  c.city,
  c.region,
  c.postal_code,
  c.country,
  t.tier,
  sha2(lower(trim(c.email)), 256) AS email_hash,
  sha2(c.phone, 256) AS phone_hash,
  p.valid_from,
  p.valid_to
FROM pieces p
JOIN silver.customers_history c
  ON c.customer_id = p.customer_id
  AND p.valid_from >= c.__START_AT
  AND (c.__END_AT IS NULL OR p.valid_from < c.__END_AT)
LEFT JOIN tiers t
  ON t.customer_id = p.customer_id AND t.valid_from = p.valid_from AND t.place = 1;
