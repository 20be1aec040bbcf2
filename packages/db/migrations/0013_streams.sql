CREATE TABLE "channel_streams" (
	"channel_id" bigint PRIMARY KEY NOT NULL,
	"format" text NOT NULL,
	"filter" jsonb NOT NULL,
	"epoch" integer NOT NULL,
	"index" bigint NOT NULL,
	"sent" bigint DEFAULT 0 NOT NULL,
	"leased_until" timestamp with time zone,
	"failing_since" timestamp with time zone,
	"is_told" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
ALTER TABLE "channel_streams" ADD CONSTRAINT "channel_streams_channel_id_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channels"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
-- Whether a request by somebody or about them waits for a decision.
CREATE FUNCTION has_open_requests(subject text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT FROM approval_request WHERE state = 'pending' AND (requester_id::text = subject
    OR (object->>'type' = 'user' AND object->>'id' = subject) OR (target->>'type' = 'user' AND target->>'id' = subject)));
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION has_open_requests FROM PUBLIC;
--> statement-breakpoint
-- What alerts, their messages and requests repeat of events that are erased, and of whom they are about.
CREATE FUNCTION erase_repeated(for_erasure uuid, subject text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  gone CONSTANT text := 'Its personal parts were erased';
  hit bigint[] := array(SELECT a.id FROM alerts a WHERE EXISTS (
    SELECT FROM unnest(a.event_ids) AS named (id) JOIN erasure_event e ON e.erasure_id = for_erasure AND e.event_id = named.id));
  told bigint[] := array(SELECT n.id FROM notifications n WHERE EXISTS (
    SELECT FROM jsonb_array_elements(n.message->'events') AS named
      JOIN erasure_event e ON e.erasure_id = for_erasure AND e.event_id = (named->>'id')::uuid));
  headlines text[] := array(SELECT headline FROM alerts WHERE id = ANY (hit) UNION SELECT message->>'headline' FROM notifications WHERE id = ANY (told));
BEGIN
  UPDATE alerts SET headline = gone, group_label = group_value WHERE id = ANY (hit);
  UPDATE notifications SET message = jsonb_set(jsonb_set(message, '{headline}', to_jsonb(gone)), '{events}', '[]') WHERE id = ANY (told);
  UPDATE notifications SET message = jsonb_set(message, '{held}', (
      SELECT jsonb_agg(CASE WHEN line->>'headline' = ANY (headlines) THEN jsonb_set(line, '{headline}', to_jsonb(gone)) ELSE line END ORDER BY n)
      FROM jsonb_array_elements(message->'held') WITH ORDINALITY AS list (line, n)))
    WHERE message->>'kind' = 'digest' AND EXISTS (SELECT FROM jsonb_array_elements(message->'held') AS line WHERE line->>'headline' = ANY (headlines));
  IF subject IS NULL THEN RETURN; END IF;
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
--> statement-breakpoint
REVOKE ALL ON FUNCTION erase_repeated FROM PUBLIC;
--> statement-breakpoint
-- As it was, and with what is repeated elsewhere; it waits for requests of or about the person to be closed.
CREATE OR REPLACE FUNCTION finish_erasure(for_erasure uuid, done_event uuid, at timestamptz, archives_written integer) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  subject text;
  removed boolean := false;
BEGIN
  SELECT subject_id INTO subject FROM erasure WHERE id = for_erasure AND state = 'erasing' FOR UPDATE;
  IF NOT FOUND OR EXISTS (SELECT FROM erasure_event WHERE erasure_id = for_erasure AND outcome IS NULL) THEN RETURN NULL; END IF;
  IF has_open_requests(subject) OR EXISTS (SELECT FROM approval_request
    WHERE state = 'pending' AND operation = 'erasures.record' AND input::jsonb->>'userId' = subject) THEN RETURN NULL; END IF;
  PERFORM erase_repeated(for_erasure, subject);
  IF subject IS NOT NULL THEN
    UPDATE collapsed_read SET draft = draft #- '{actor,label}' #- '{request,ip}' #- '{request,userAgent}'
      WHERE draft #>> '{actor,type}' = 'user' AND draft #>> '{actor,id}' = subject;
    UPDATE collapsed_read SET draft = draft #- '{object,label}'
      WHERE draft #>> '{object,type}' = 'user' AND draft #>> '{object,id}' = subject;
    DELETE FROM users WHERE id::text = subject AND status <> 'active';
    removed := FOUND;
    IF EXISTS (SELECT FROM users WHERE id::text = subject) THEN
      RAISE EXCEPTION 'user % is active again', subject USING ERRCODE = '55000';
    END IF;
  END IF;
  UPDATE erasure SET state = 'done', done_at = at, done_event_id = done_event, account_removed = removed, archives = archives_written, held_by = NULL
    WHERE id = for_erasure;
  RETURN removed;
END $$;
