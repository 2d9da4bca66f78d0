"""Contacts, notifications, rooms with their messages, and interview reminders."""

from alembic import op

revision = "0001_notifications"
down_revision = None

TABLES = """
CREATE TABLE contacts (
    user_id uuid PRIMARY KEY,
    email text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    version bigint NOT NULL
);

CREATE TABLE notifications (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    sender_id uuid,
    user_id uuid,
    notification_type text NOT NULL CHECK (notification_type IN ('email', 'sms', 'push', 'in_app')),
    template text NOT NULL,
    subject text NOT NULL,
    message text NOT NULL,
    html text NOT NULL,
    calendar text NOT NULL,
    recipient text NOT NULL,
    status text NOT NULL CHECK (status IN ('queued', 'sent', 'failed')),
    sent_at timestamptz,
    is_sent boolean GENERATED ALWAYS AS (sent_at IS NOT NULL) STORED,
    read_at timestamptz,
    created_at timestamptz NOT NULL,
    CHECK ((status = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX notifications_user ON notifications (user_id, id);
CREATE INDEX notifications_unread ON notifications (user_id, id) WHERE read_at IS NULL;

CREATE TABLE rooms (
    id uuid PRIMARY KEY,
    name text NOT NULL CONSTRAINT rooms_name UNIQUE,
    title text NOT NULL,
    tenant_id uuid NOT NULL,
    last_seq bigint NOT NULL CHECK (last_seq >= 0),
    created_at timestamptz NOT NULL
);

CREATE TABLE room_members (
    room_id uuid NOT NULL REFERENCES rooms,
    user_id uuid NOT NULL,
    read_seq bigint NOT NULL CHECK (read_seq >= 0),
    PRIMARY KEY (room_id, user_id)
);
CREATE INDEX room_members_user ON room_members (user_id, room_id);

CREATE TABLE messages (
    id uuid PRIMARY KEY,
    room_id uuid NOT NULL REFERENCES rooms,
    seq bigint NOT NULL,
    tenant_id uuid NOT NULL,
    sender_id uuid NOT NULL,
    receiver_id uuid,
    content text NOT NULL,
    client_id text NOT NULL,
    sent_at timestamptz NOT NULL,
    CONSTRAINT messages_seq UNIQUE (room_id, seq),
    CONSTRAINT messages_client_id UNIQUE (room_id, sender_id, client_id)
);
CREATE INDEX messages_sent ON messages (sender_id, id) WHERE receiver_id IS NOT NULL;
CREATE INDEX messages_received ON messages (receiver_id, id) WHERE receiver_id IS NOT NULL;

CREATE TABLE interview_reminders (
    id uuid PRIMARY KEY,
    application_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    employer_id uuid NOT NULL,
    title text NOT NULL,
    interview_at timestamptz NOT NULL,
    reminder_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('scheduled', 'sent', 'cancelled')),
    is_sent boolean GENERATED ALWAYS AS (status = 'sent') STORED,
    task_id uuid NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX interview_reminders_tenant ON interview_reminders (tenant_id, reminder_at, id);
CREATE INDEX interview_reminders_candidate ON interview_reminders (candidate_id, reminder_at, id);
CREATE INDEX interview_reminders_employer ON interview_reminders (employer_id, reminder_at, id);
"""

# A room belongs to its members, not to the organization whose business it is about: a colleague who is not in it does not read it.
# Rooms are opened and members added in the system scope alone.
POLICIES = """
ALTER TABLE contacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE rooms ENABLE ROW LEVEL SECURITY;
ALTER TABLE room_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE interview_reminders ENABLE ROW LEVEL SECURITY;

-- These run as the owner of the tables: the policy of room_members would otherwise ask itself without end.
CREATE FUNCTION is_member(room uuid, person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT EXISTS (SELECT FROM room_members m WHERE m.room_id = room AND m.user_id = person) $$;
CREATE FUNCTION shares_room(one uuid, other uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT EXISTS (SELECT FROM room_members a JOIN room_members b USING (room_id) WHERE a.user_id = one AND b.user_id = other) $$;

CREATE POLICY contacts_system ON contacts USING ((SELECT app_system()));
CREATE POLICY contacts_read ON contacts FOR SELECT USING (user_id = (SELECT app_user()) OR shares_room(user_id, (SELECT app_user())));

CREATE POLICY notifications_system ON notifications USING ((SELECT app_system()));
CREATE POLICY notifications_read ON notifications FOR SELECT USING (user_id = (SELECT app_user()) OR sender_id = (SELECT app_user()));
CREATE POLICY notifications_mark ON notifications FOR UPDATE USING (user_id = (SELECT app_user()));
CREATE POLICY notifications_send ON notifications FOR INSERT WITH CHECK (
    sender_id = (SELECT app_user()) AND tenant_id = (SELECT app_tenant())
    AND (user_id = (SELECT app_user()) OR shares_room(user_id, (SELECT app_user()))));

CREATE POLICY rooms_system ON rooms USING ((SELECT app_system()));
CREATE POLICY rooms_read ON rooms FOR SELECT USING (is_member(id, (SELECT app_user())));
CREATE POLICY rooms_count ON rooms FOR UPDATE USING (is_member(id, (SELECT app_user())));

CREATE POLICY room_members_system ON room_members USING ((SELECT app_system()));
CREATE POLICY room_members_read ON room_members FOR SELECT USING (user_id = (SELECT app_user()) OR is_member(room_id, (SELECT app_user())));
CREATE POLICY room_members_mark ON room_members FOR UPDATE USING (user_id = (SELECT app_user()));

CREATE POLICY messages_system ON messages USING ((SELECT app_system()));
CREATE POLICY messages_read ON messages FOR SELECT USING (is_member(room_id, (SELECT app_user())));
CREATE POLICY messages_send ON messages FOR INSERT WITH CHECK (sender_id = (SELECT app_user()) AND is_member(room_id, sender_id));

CREATE POLICY interview_reminders_system ON interview_reminders USING ((SELECT app_system()));
CREATE POLICY interview_reminders_own ON interview_reminders USING (tenant_id = (SELECT app_tenant()));
CREATE POLICY interview_reminders_invited ON interview_reminders FOR SELECT USING (
    candidate_id = (SELECT app_user()) OR employer_id = (SELECT app_user()));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
