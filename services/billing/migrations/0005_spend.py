"""The spend as one function, whose plans each connection keeps, behind a lock that its waiters stand in line for."""

from alembic import op

revision = "0005_spend"
down_revision = "0004_providers"

# Planning this anew for each spend cost more than running it. It runs as who calls it, so the policies hold.
#
# The row's lock is what makes a spend right; the advisory lock before it makes a crowd cheap. Who waits for a row has seen it as it was when they came, and
# goes through every version that others made since, waking for each; who waits in this line looks at the row when it is theirs. Others who lock the account
# wait for its row alone, and nobody who has the row asks for this lock, so the two are never taken the other way round.
SPEND = """
CREATE FUNCTION spend_credits(
    new_id uuid, whose uuid, of_unit text, amount bigint, of_type text, new_key text, words text, reference text, tokens bigint, prompted bigint,
    completed bigint, moment timestamptz,
    entry_id uuid, by_user uuid, by_service text, done text, from_address inet, entry_details jsonb, in_request text
) RETURNS SETOF credit_transactions LANGUAGE plpgsql AS $$
DECLARE
    account credit_accounts;
    from_monthly bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(1397771844, hashtext(whose::text || of_unit));
    SELECT * INTO account FROM credit_accounts WHERE tenant_id = whose AND unit = of_unit FOR UPDATE;
    from_monthly := least(amount, CASE WHEN account.monthly_until > moment THEN account.monthly ELSE 0 END);
    IF NOT FOUND OR account.lasting < amount - from_monthly THEN
        RETURN;
    END IF;
    UPDATE credit_accounts SET monthly = monthly - from_monthly, lasting = lasting - (amount - from_monthly) WHERE tenant_id = whose AND unit = of_unit;
    INSERT INTO audit_log (id, tenant_id, user_id, service, action, ip_address, details, request_id)
    VALUES (entry_id, whose, by_user, by_service, done, from_address, entry_details, in_request);
    RETURN QUERY INSERT INTO credit_transactions (id, tenant_id, unit, type, key, monthly, lasting, held, outside, balance_after, description,
        reference_id, tokens_used, prompt_tokens, completion_tokens, created_at)
    VALUES (new_id, whose, of_unit, of_type, new_key, -from_monthly, from_monthly - amount, 0, amount,
        account.monthly + account.lasting + account.held - amount, words, reference, tokens, prompted, completed, moment)
    RETURNING *;
END
$$;
"""


def upgrade() -> None:
    op.execute(SPEND)
