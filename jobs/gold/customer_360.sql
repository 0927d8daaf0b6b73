-- Recency, frequency and monetary scores run from 1 to 5 (best) over the customers who have bought;
-- ties are broken by customer_id, so that the same sales always give the same scores.
CREATE MATERIALIZED VIEW gold.customer_360
COMMENT 'every customer with rewards, purchases and RFM scores'
TBLPROPERTIES ('publishes' = 'name(first_name, last_name), address(city, region, postal_code)')
AS
WITH baskets AS (
  SELECT
    customer_id,
    channel,
    store_id,
    transaction_id,
    min(business_date) AS first_date,
    max(business_date) AS last_date,
    sum(net_amount) AS net_amount,
    sum(CASE WHEN quantity > 0 THEN quantity ELSE 0 END) AS units_sold,
    sum(CASE WHEN quantity < 0 THEN -quantity ELSE 0 END) AS units_returned
  FROM gold.sales
  WHERE customer_id IS NOT NULL
  GROUP BY customer_id, channel, store_id, transaction_id
),
purchases AS (
  SELECT
    customer_id,
    min(first_date) AS first_purchase_date,
    max(last_date) AS last_purchase_date,
    count(*) AS transactions,
    CAST(sum(net_amount) AS DECIMAL(18,2)) AS net_sales,
    sum(units_sold) AS units_sold,
    sum(units_returned) AS units_returned
  FROM baskets
  GROUP BY customer_id
),
scores AS (
  SELECT
    customer_id,
    ntile(5) OVER (ORDER BY last_purchase_date, customer_id) AS recency_score,
    ntile(5) OVER (ORDER BY transactions, customer_id) AS frequency_score,
    ntile(5) OVER (ORDER BY net_sales, customer_id) AS monetary_score
  FROM purchases
),
category_sales AS (
  SELECT customer_id, category, sum(net_amount) AS net_amount
  FROM gold.sales
  WHERE customer_id IS NOT NULL AND category IS NOT NULL
  GROUP BY customer_id, category
),
ranked_categories AS (
  SELECT
    customer_id,
    category,
    row_number() OVER (PARTITION BY customer_id ORDER BY net_amount DESC, category) AS place
  FROM category_sales
),
ranked_members AS (
  SELECT
    customer_id,
    loyalty_id,
    tier,
    points_balance,
    row_number() OVER (PARTITION BY customer_id ORDER BY loyalty_id) AS place
  FROM silver.reward_members
  WHERE customer_id IS NOT NULL
)
SELECT
  c.customer_id,
  c.first_name,
  c.last_name,
  c.city,
  c.region,
  c.postal_code,
  c.country,
  m.loyalty_id,
  m.tier,
  m.points_balance,
  p.first_purchase_date,
  p.last_purchase_date,
  coalesce(p.transactions, 0) AS transactions,
  coalesce(p.net_sales, CAST(0 AS DECIMAL(18,2))) AS net_sales,
  CASE
    WHEN p.units_sold > 0
    THEN CAST(round(p.units_returned / p.units_sold, 4) AS DECIMAL(9,4))
  END AS returns_rate,
  f.category AS favourite_category,
  s.recency_score,
  s.frequency_score,
  s.monetary_score
FROM silver.customers c
LEFT JOIN ranked_members m ON m.customer_id = c.customer_id AND m.place = 1
LEFT JOIN purchases p ON p.customer_id = c.customer_id
LEFT JOIN scores s ON s.customer_id = c.customer_id
LEFT JOIN ranked_categories f ON f.customer_id = c.customer_id AND f.place = 1;
