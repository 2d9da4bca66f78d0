"""What people want to be told and when, where notifications are on their way, and a time of its own for each who is reminded."""

from alembic import op

revision = "0006_delivery"
down_revision = "0005_webhooks"

TABLES = """
CREATE TABLE preferences (
    user_id uuid PRIMARY KEY,
    language text NOT NULL,
    time_zone text NOT NULL,
    quiet_start time,
    quiet_end time,
    CHECK ((quiet_start IS NULL) = (quiet_end IS NULL))
);

CREATE TABLE switched_off (
    user_id uuid NOT NULL,
    kind text NOT NULL,
    notification_type text NOT NULL,
    PRIMARY KEY (user_id, kind, notification_type)
);

CREATE TABLE suppressed_addresses (
    address text PRIMARY KEY,
    reason text NOT NULL,
    notification_id uuid,
    created_at timestamptz NOT NULL
);

CREATE TABLE push_subscriptions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    endpoint text NOT NULL CONSTRAINT push_subscriptions_endpoint UNIQUE,
    p256dh text NOT NULL,
    auth text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX push_subscriptions_user ON push_subscriptions (user_id, id);

-- Which browsers have a notification already, where others are still tried.
CREATE TABLE push_deliveries (
    notification_id uuid NOT NULL REFERENCES notifications ON DELETE CASCADE,
    subscription_id uuid NOT NULL REFERENCES push_subscriptions ON DELETE CASCADE,
    PRIMARY KEY (notification_id, subscription_id)
);

ALTER TABLE notifications
    DROP CONSTRAINT notifications_check,
    DROP CONSTRAINT notifications_status_check,
    ADD COLUMN kind text NOT NULL DEFAULT 'messages',
    ADD COLUMN send_at timestamptz,
    ADD COLUMN needed_by timestamptz,
    ADD COLUMN attempted_at timestamptz,
    ADD COLUMN delivered_at timestamptz,
    ADD COLUMN failure text NOT NULL DEFAULT '',
    ADD COLUMN provider_id text NOT NULL DEFAULT '',
    ADD CONSTRAINT notifications_status_check CHECK (
        status IN ('scheduled', 'held', 'queued', 'sent', 'delivered', 'failed', 'bounced', 'withheld', 'cancelled')),
    ADD CONSTRAINT notifications_check CHECK (
        CASE WHEN status IN ('sent', 'delivered', 'bounced') THEN sent_at IS NOT NULL WHEN status = 'failed' THEN true ELSE sent_at IS NULL END);
CREATE UNIQUE INDEX notifications_provider_id ON notifications (provider_id) WHERE provider_id <> '';
CREATE INDEX notifications_failed ON notifications (id) WHERE status = 'failed';
UPDATE tasks SET kind = 'deliver_' || notification_type FROM notifications
    WHERE tasks.kind = 'deliver' AND (tasks.payload ->> 'notification_id')::uuid = notifications.id;

CREATE TABLE reminder_recipients (
    reminder_id uuid NOT NULL REFERENCES interview_reminders ON DELETE CASCADE,
    user_id uuid NOT NULL,
    remind_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('scheduled', 'sent', 'cancelled')),
    task_id uuid NOT NULL,
    PRIMARY KEY (reminder_id, user_id)
);
CREATE INDEX reminder_recipients_user ON reminder_recipients (user_id) WHERE status = 'scheduled';
INSERT INTO reminder_recipients (reminder_id, user_id, remind_at, status, task_id)
    SELECT id, candidate_id, reminder_at, status, task_id FROM interview_reminders
    UNION SELECT id, employer_id, reminder_at, status, task_id FROM interview_reminders;
ALTER TABLE interview_reminders DROP COLUMN task_id, ADD COLUMN fixed boolean NOT NULL DEFAULT true;
CREATE INDEX interview_reminders_application ON interview_reminders (application_id) WHERE status = 'scheduled';
"""

# Whoever may write to somebody honours what they want: so it is read as contacts are, and changed by its owner alone.
POLICIES = """
ALTER TABLE preferences ENABLE ROW LEVEL SECURITY;
ALTER TABLE switched_off ENABLE ROW LEVEL SECURITY;
ALTER TABLE suppressed_addresses ENABLE ROW LEVEL SECURITY;
ALTER TABLE push_subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE push_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE reminder_recipients ENABLE ROW LEVEL SECURITY;

CREATE POLICY preferences_system ON preferences USING ((SELECT app_system()));
CREATE POLICY preferences_own ON preferences USING (user_id = (SELECT app_user()));
CREATE POLICY preferences_read ON preferences FOR SELECT USING (shares_room(user_id, (SELECT app_user())));
CREATE POLICY switched_off_system ON switched_off USING ((SELECT app_system()));
CREATE POLICY switched_off_own ON switched_off USING (user_id = (SELECT app_user()));
CREATE POLICY switched_off_read ON switched_off FOR SELECT USING (shares_room(user_id, (SELECT app_user())));
CREATE POLICY suppressed_addresses_system ON suppressed_addresses USING ((SELECT app_system()));
CREATE POLICY push_subscriptions_system ON push_subscriptions USING ((SELECT app_system()));
CREATE POLICY push_subscriptions_own ON push_subscriptions USING (user_id = (SELECT app_user()));
CREATE POLICY push_deliveries_system ON push_deliveries USING ((SELECT app_system()));
CREATE POLICY notifications_cancel ON notifications FOR UPDATE USING (sender_id = (SELECT app_user()));

CREATE POLICY reminder_recipients_system ON reminder_recipients USING ((SELECT app_system()));
CREATE POLICY reminder_recipients_own ON reminder_recipients USING (
    EXISTS (SELECT FROM interview_reminders r WHERE r.id = reminder_id AND r.tenant_id = (SELECT app_tenant())));
CREATE POLICY reminder_recipients_invited ON reminder_recipients FOR SELECT USING (
    EXISTS (SELECT FROM interview_reminders r WHERE r.id = reminder_id));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
