ALTER TABLE "retention_run" ALTER COLUMN "longest_lock_ms" SET DATA TYPE double precision;--> statement-breakpoint
ALTER TABLE "erasure" ADD COLUMN "problem" text;--> statement-breakpoint
ALTER TABLE "legal_hold" ADD COLUMN "event_id" uuid;--> statement-breakpoint
ALTER TABLE "legal_hold" ADD COLUMN "leaf" text;--> statement-breakpoint
-- As it was; and the event that tells of a hold is noted in it once.
CREATE OR REPLACE FUNCTION guard_hold() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF tg_op = 'UPDATE' AND (OLD.id, OLD.name, OLD.reason, OLD.scope, OLD.placed_at, OLD.placed_by)
      IS NOT DISTINCT FROM (NEW.id, NEW.name, NEW.reason, NEW.scope, NEW.placed_at, NEW.placed_by) THEN
    IF OLD.released_at IS NULL AND NEW.released_at IS NOT NULL AND NEW.version = OLD.version + 1
        AND (OLD.event_id, OLD.leaf) IS NOT DISTINCT FROM (NEW.event_id, NEW.leaf) THEN RETURN NEW; END IF;
    IF OLD.event_id IS NULL AND OLD.leaf IS NULL AND (OLD.released_at, OLD.released_by, OLD.release_reason, OLD.version)
        IS NOT DISTINCT FROM (NEW.released_at, NEW.released_by, NEW.release_reason, NEW.version) THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION '% on % is refused: holds stay', tg_op, tg_table_name USING ERRCODE = '42501';
END $$;
--> statement-breakpoint
-- As it was, but for events of a month that is being removed: they stay where they are until that has come to its end.
CREATE OR REPLACE FUNCTION unhold_events(wanted uuid[]) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  free uuid[] := array(SELECT h.id FROM held_event h WHERE h.id = ANY(wanted) AND NOT EXISTS (
    SELECT FROM retention_manifest m WHERE m.ended_at IS NULL AND m.policy = h.policy
      AND m.month = date_trunc('month', uuid7_time(h.id), 'UTC') AT TIME ZONE 'UTC'));
  lowest uuid := (SELECT one FROM unnest(free) AS one ORDER BY one LIMIT 1);
  highest uuid := (SELECT one FROM unnest(free) AS one ORDER BY one DESC LIMIT 1);
  moved integer;
BEGIN
  PERFORM ensure_partition(policy, month)
    FROM (SELECT DISTINCT policy, date_trunc('month', uuid7_time(id), 'UTC') AS month FROM held_event WHERE id = ANY(free)) AS months;
  PERFORM set_config('countersign.retaining', 'on', true);
  WITH noted AS (
    DELETE FROM held_event WHERE id = ANY(free) RETURNING id, policy
  ), gone AS (
    DELETE FROM event_log l USING noted n
    WHERE l.id = n.id AND l.id BETWEEN lowest AND highest AND l.policy = 'held' RETURNING l.*, n.policy AS home
  )
  INSERT INTO event_log (id, policy, code, category, severity, status, occurred_at, received_at, actor_type, actor_id, object_type,
    object_id, target_type, target_id, request_method, endpoint, request_id, source, approval_id, leaf, leaf_hash, details, salt)
  SELECT id, home, code, category, severity, status, occurred_at, received_at, actor_type, actor_id, object_type,
    object_id, target_type, target_id, request_method, endpoint, request_id, source, approval_id, leaf, leaf_hash, details, salt
  FROM gone;
  GET DIAGNOSTICS moved = ROW_COUNT;
  PERFORM set_config('countersign.retaining', 'off', true);
  RETURN moved;
END $$;
--> statement-breakpoint
-- As it was, but only what this archive loaded: another one of the same month stays.
CREATE OR REPLACE FUNCTION unload_archive(for_manifest uuid) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  m retention_manifest;
  gone integer;
BEGIN
  SELECT * INTO m FROM retention_manifest WHERE id = for_manifest;
  PERFORM set_config('countersign.retaining', 'on', true);
  DELETE FROM event_log e
    WHERE e.policy = 'restored' AND e.id >= uuid7_floor(m.month::timestamp AT TIME ZONE 'UTC')
      AND e.id < uuid7_floor((m.month + interval '1 month') AT TIME ZONE 'UTC') AND e.leaf::jsonb->>'policy' = m.policy
      AND EXISTS (SELECT FROM ledger_batch b CROSS JOIN LATERAL (SELECT b.first_index + array_position(b.ids, e.id) - 1 AS index) AS place
        WHERE b.epoch = m.epoch AND b.min_id <= e.id AND b.max_id >= e.id AND place.index BETWEEN m.first_index AND m.last_index
          AND get_bit(m.bitmap, place.index - m.first_index) = 1);
  GET DIAGNOSTICS gone = ROW_COUNT;
  PERFORM set_config('countersign.retaining', 'off', true);
  DELETE FROM restored_archive WHERE manifest_id = for_manifest;
  RETURN gone;
END $$;
--> statement-breakpoint
-- As it was, and with alerts about the person whose events are gone already, and what alert rules remember of them.
CREATE OR REPLACE FUNCTION erase_repeated(for_erasure uuid, subject text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  gone CONSTANT text := 'Its personal parts were erased';
  hit bigint[];
  told bigint[];
  headlines text[];
BEGIN
  -- Whoever judges the log raises alerts, and writes back what it read before.
  PERFORM pg_advisory_xact_lock(hashtext('countersign.alerts'));
  hit := array(SELECT a.id FROM alerts a WHERE (a.group_value = 'user:' || subject AND a.group_by IN ('actor', 'object')) OR EXISTS (
    SELECT FROM unnest(a.event_ids) AS named (id) JOIN erasure_event e ON e.erasure_id = for_erasure AND e.event_id = named.id));
  told := array(SELECT n.id FROM notifications n WHERE n.alert_id IN (
      SELECT a.id FROM alerts a WHERE a.group_value = 'user:' || subject AND a.group_by IN ('actor', 'object')) OR EXISTS (
    SELECT FROM jsonb_array_elements(n.message->'events') AS named
      JOIN erasure_event e ON e.erasure_id = for_erasure AND e.event_id = (named->>'id')::uuid));
  headlines := array(SELECT headline FROM alerts WHERE id = ANY (hit) UNION SELECT message->>'headline' FROM notifications WHERE id = ANY (told));
  UPDATE alerts SET headline = gone, group_label = group_value WHERE id = ANY (hit);
  UPDATE notifications SET message = jsonb_set(jsonb_set(message, '{headline}', to_jsonb(gone)), '{events}', '[]') WHERE id = ANY (told);
  UPDATE notifications SET message = jsonb_set(message, '{held}', (
      SELECT jsonb_agg(CASE WHEN line->>'headline' = ANY (headlines) THEN jsonb_set(line, '{headline}', to_jsonb(gone)) ELSE line END ORDER BY n)
      FROM jsonb_array_elements(message->'held') WITH ORDINALITY AS list (line, n)))
    WHERE message->>'kind' = 'digest' AND EXISTS (SELECT FROM jsonb_array_elements(message->'held') AS line WHERE line->>'headline' = ANY (headlines));
  IF subject IS NULL THEN RETURN; END IF;
  UPDATE alert_rule_states SET state = jsonb_set(
      state #- ARRAY['groups', 'actor user:' || subject] #- ARRAY['groups', 'object user:' || subject], '{seen}',
      coalesce((SELECT jsonb_object_agg(key, value) FROM jsonb_each(state->'seen') WHERE NOT starts_with(key, 'user:' || subject || ' ')), '{}'))
    WHERE position('user:' || subject IN state::text) > 0;
  UPDATE alerts SET notes = (
      SELECT jsonb_agg(CASE WHEN note #>> '{by,id}' = subject
        THEN jsonb_set(jsonb_set(note, '{by,name}', to_jsonb('user ' || subject)), '{text}', 'null') ELSE note END ORDER BY n)
      FROM jsonb_array_elements(notes) WITH ORDINALITY AS list (note, n))
    WHERE EXISTS (SELECT FROM jsonb_array_elements(notes) AS note WHERE note #>> '{by,id}' = subject);
  UPDATE approval_request SET input = '{}', object_version = '{}', changes = '{}', reason = gone, object = object - 'label', target = target - 'label',
      requester_name = CASE WHEN requester_id::text = subject THEN 'user ' || subject ELSE requester_name END
    WHERE state <> 'pending' AND (requester_id::text = subject OR (object->>'type' = 'user' AND object->>'id' = subject)
      OR (target->>'type' = 'user' AND target->>'id' = subject)
      OR (operation = 'erasures.record' AND input::jsonb->>'userId' = subject));
  UPDATE approval_decision SET user_name = 'user ' || subject, reason = NULL WHERE user_id::text = subject;
END $$;
