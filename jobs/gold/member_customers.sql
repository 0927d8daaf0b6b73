-- One row a customer to whom a member of the rewards programme belonged. It holds until the next
-- one starts, also after the source has deleted the member; the first one reaches back to the
-- beginning.
CREATE MATERIALIZED VIEW gold.member_customers
COMMENT 'whose a loyalty_id was from valid_from (NULL: ever) until valid_to (NULL: open)'
AS
WITH versions AS (
  SELECT
    loyalty_id,
    customer_id,
    __START_AT AS start_at,
    row_number() OVER (PARTITION BY loyalty_id ORDER BY __START_AT) AS place,
    lag(customer_id) OVER (PARTITION BY loyalty_id ORDER BY __START_AT) AS previous_customer
  FROM silver.reward_members_history
)
SELECT
  loyalty_id,
  CASE WHEN place > 1 THEN start_at END AS valid_from,
  lead(start_at) OVER (PARTITION BY loyalty_id ORDER BY start_at) AS valid_to,
  customer_id
FROM versions
WHERE place = 1 OR NOT customer_id <=> previous_customer;
