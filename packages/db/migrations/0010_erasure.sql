CREATE TABLE "archive_task" (
	"id" uuid PRIMARY KEY NOT NULL,
	"manifest_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"requested_by" text NOT NULL,
	"ended_at" timestamp with time zone,
	"ok" boolean,
	"report" jsonb
);
--> statement-breakpoint
CREATE TABLE "restored_archive" (
	"manifest_id" uuid PRIMARY KEY NOT NULL,
	"rows" integer NOT NULL,
	"loaded_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "erasure" (
	"id" uuid PRIMARY KEY NOT NULL,
	"subject_id" text,
	"by_query" boolean NOT NULL,
	"basis" text NOT NULL,
	"reason" text NOT NULL,
	"count" integer NOT NULL,
	"ids_hash" "bytea" NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"requested_by" text NOT NULL,
	"follows" uuid,
	"event_id" uuid,
	"leaf" text,
	"done_event_id" uuid,
	"state" text DEFAULT 'recorded' NOT NULL,
	"held_by" text,
	"started_at" timestamp with time zone,
	"done_at" timestamp with time zone,
	"account_removed" boolean DEFAULT false NOT NULL,
	"archives" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "erasure_event" (
	"event_id" uuid NOT NULL,
	"erasure_id" uuid NOT NULL,
	"outcome" text,
	"ended_at" timestamp with time zone,
	CONSTRAINT "erasure_event_event_id_erasure_id_pk" PRIMARY KEY("event_id","erasure_id")
);
--> statement-breakpoint
ALTER TABLE "dead_letter" ALTER COLUMN "details" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "dead_letter" ALTER COLUMN "salt" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "archive_task" ADD CONSTRAINT "archive_task_manifest_id_retention_manifest_id_fk" FOREIGN KEY ("manifest_id") REFERENCES "public"."retention_manifest"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "restored_archive" ADD CONSTRAINT "restored_archive_manifest_id_retention_manifest_id_fk" FOREIGN KEY ("manifest_id") REFERENCES "public"."retention_manifest"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "erasure_event" ADD CONSTRAINT "erasure_event_erasure_id_erasure_id_fk" FOREIGN KEY ("erasure_id") REFERENCES "public"."erasure"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "archive_task_open" ON "archive_task" USING btree ("manifest_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "archive_task_manifest" ON "archive_task" USING btree ("manifest_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "erasure_open_subject" ON "erasure" USING btree ("subject_id") WHERE state <> 'done';--> statement-breakpoint
CREATE INDEX "erasure_requested" ON "erasure" USING btree ("requested_at");--> statement-breakpoint
CREATE INDEX "erasure_event_open" ON "erasure_event" USING btree ("erasure_id","event_id") WHERE outcome is null;--> statement-breakpoint
CREATE INDEX "erasure_event_list" ON "erasure_event" USING btree ("erasure_id","event_id");
--> statement-breakpoint
-- The log is append-only for everybody. Retention moves what is held from one policy to another; an erasure empties details
-- and salt together, of events that its manifest names, and changes nothing else.
CREATE OR REPLACE FUNCTION guard_event() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  during text := coalesce(current_setting('countersign.erasing', true), '');
BEGIN
  IF tg_op = 'DELETE' AND is_retaining() THEN RETURN OLD; END IF;
  IF tg_op = 'UPDATE' AND during <> '' AND NEW.details IS NULL AND NEW.salt IS NULL
      AND current_user = (SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE oid = to_regprocedure('public.erase_details(uuid, uuid, integer)'))
      AND EXISTS (SELECT FROM erasure_event WHERE event_id = OLD.id AND erasure_id = during::uuid) THEN
    OLD.details := NULL;
    OLD.salt := NULL;
    IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION '% on % is refused: the log is append-only', tg_op, tg_table_name USING ERRCODE = '42501';
END $$;
--> statement-breakpoint
-- What an erasure is of and on what ground is written once; only how far it is changes.
CREATE FUNCTION guard_erasure() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF tg_op = 'UPDATE' AND OLD.done_at IS NULL AND (OLD.event_id IS NULL OR (NEW.event_id, NEW.leaf) = (OLD.event_id, OLD.leaf))
      AND (NEW.id, NEW.subject_id, NEW.by_query, NEW.basis, NEW.reason, NEW.count, NEW.ids_hash, NEW.requested_at, NEW.requested_by, NEW.follows)
        IS NOT DISTINCT FROM (OLD.id, OLD.subject_id, OLD.by_query, OLD.basis, OLD.reason, OLD.count, OLD.ids_hash, OLD.requested_at, OLD.requested_by, OLD.follows)
    THEN RETURN NEW; END IF;
  RAISE EXCEPTION '% on % is refused: manifests stay', tg_op, tg_table_name USING ERRCODE = '42501';
END $$;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON erasure FOR EACH ROW EXECUTE FUNCTION guard_erasure();
--> statement-breakpoint
CREATE FUNCTION guard_erasure_event() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF tg_op = 'UPDATE' AND OLD.outcome IS NULL AND NEW.event_id = OLD.event_id AND NEW.erasure_id = OLD.erasure_id THEN RETURN NEW; END IF;
  RAISE EXCEPTION '% on % is refused: manifests stay', tg_op, tg_table_name USING ERRCODE = '42501';
END $$;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON erasure_event FOR EACH ROW EXECUTE FUNCTION guard_erasure_event();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON erasure FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON erasure_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- The events of somebody, as actor, object or target, that still have details: in the log, waiting to be stored, and set aside.
-- Only ids are answered, so that who may not read the outbox may ask. A leaf is canonical JSON, so its members can be looked for as text.
CREATE FUNCTION events_about(for_type text, for_id text, at_most integer) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  named text := format('{"id":%s,"type":%s}', to_json(for_id), to_json(for_type));
  pattern text := '"id":"([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})"';
BEGIN
  RETURN QUERY
    SELECT found.id FROM (
      (SELECT e.id FROM event_log e WHERE e.actor_type = for_type AND e.actor_id = for_id AND e.details IS NOT NULL ORDER BY e.id LIMIT at_most)
      UNION (SELECT e.id FROM event_log e WHERE e.object_type = for_type AND e.object_id = for_id AND e.details IS NOT NULL ORDER BY e.id LIMIT at_most)
      UNION (SELECT e.id FROM event_log e WHERE e.target_type = for_type AND e.target_id = for_id AND e.details IS NOT NULL ORDER BY e.id LIMIT at_most)
      UNION (SELECT substring(l.leaf FROM pattern)::uuid FROM audit_outbox o CROSS JOIN LATERAL unnest(string_to_array(o.leaves, e'\n')) AS l (leaf)
        WHERE position(named IN o.leaves) > 0 AND position(named IN l.leaf) > 0 AND l.leaf ~ pattern LIMIT at_most)
      UNION (SELECT d.id FROM dead_letter d WHERE position(named IN d.leaf) > 0 AND d.details IS NOT NULL LIMIT at_most)
    ) AS found (id) ORDER BY 1 LIMIT at_most;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION events_about FROM PUBLIC;
--> statement-breakpoint
-- Whether the event that tells of an erasure has its place under a signed checkpoint. Nothing is erased before.
CREATE FUNCTION is_erasure_signed(for_erasure uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (
    SELECT FROM erasure e JOIN ledger_batch b ON b.min_id <= e.event_id AND b.max_id >= e.event_id
      CROSS JOIN LATERAL (SELECT array_position(b.ids, e.event_id) AS n) p
    WHERE e.id = for_erasure AND p.n IS NOT NULL
      AND EXISTS (SELECT FROM ledger_checkpoint c WHERE c.epoch = b.epoch AND c.size >= b.first_index + p.n));
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION is_erasure_signed FROM PUBLIC;
--> statement-breakpoint
-- Empties details and salt of the next events of an erasure after an id, and answers the last one it looked at, how many
-- it is done with, and how many are yet to come into the log. The only way in which details go.
CREATE FUNCTION erase_details(for_erasure uuid, after uuid, at_most integer, OUT last uuid, OUT ended integer, OUT waiting integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  wanted uuid[];
  low uuid;
  high uuid;
BEGIN
  IF NOT EXISTS (SELECT FROM erasure WHERE id = for_erasure AND state = 'erasing') OR NOT is_erasure_signed(for_erasure) THEN
    RAISE EXCEPTION 'erasure % is not under a signed checkpoint, or not to be done now', for_erasure USING ERRCODE = '55000';
  END IF;
  wanted := array(SELECT event_id FROM erasure_event
    WHERE erasure_id = for_erasure AND outcome IS NULL AND event_id > after ORDER BY event_id LIMIT at_most FOR UPDATE);
  low := wanted[1];
  high := wanted[cardinality(wanted)];
  PERFORM set_config('countersign.erasing', for_erasure::text, true);
  WITH stored AS MATERIALIZED (
    SELECT id FROM event_log WHERE id = ANY (wanted) AND id BETWEEN low AND high
  ), emptied AS (
    UPDATE event_log SET details = NULL, salt = NULL WHERE id = ANY (wanted) AND id BETWEEN low AND high AND details IS NOT NULL
  ), letters AS (
    UPDATE dead_letter SET details = NULL, salt = NULL WHERE id = ANY (wanted) RETURNING id
  ), found AS (
    SELECT w.id, CASE WHEN EXISTS (SELECT FROM stored s WHERE s.id = w.id) OR EXISTS (SELECT FROM letters l WHERE l.id = w.id) THEN 'erased'
      WHEN NOT EXISTS (SELECT FROM audit_outbox o WHERE position(w.id::text IN o.leaves) > 0)
        -- A month that is taken out of the log and not dropped may come back.
        AND NOT EXISTS (SELECT FROM retention_manifest m WHERE m.state = 'detached' AND w.id >= uuid7_floor(m.month::timestamp AT TIME ZONE 'UTC')
          AND w.id < uuid7_floor((m.month + interval '1 month') AT TIME ZONE 'UTC')) THEN 'gone' END AS outcome
    FROM unnest(wanted) AS w (id)
  ), marked AS (
    UPDATE erasure_event e SET outcome = f.outcome, ended_at = clock_timestamp() FROM found f
    WHERE e.erasure_id = for_erasure AND e.event_id = f.id AND f.outcome IS NOT NULL RETURNING e.outcome
  )
  SELECT high, (SELECT count(*) FROM marked), (SELECT count(*) FROM found WHERE found.outcome IS NULL) INTO last, ended, waiting;
  PERFORM set_config('countersign.erasing', '', true);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION erase_details FROM PUBLIC;
--> statement-breakpoint
-- What an UPDATE leaves behind in the files goes with the next vacuum: from now on each change in these months brings one.
CREATE FUNCTION vacuum_erased(for_erasure uuid) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET lock_timeout = '500ms' AS $$
DECLARE
  part regclass;
  parts regclass[] := array(SELECT DISTINCT l.tableoid::regclass FROM erasure_event e JOIN event_log l ON l.id = e.event_id WHERE e.erasure_id = for_erasure);
BEGIN
  FOREACH part IN ARRAY parts LOOP
    EXECUTE format('ALTER TABLE %s SET (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 1, toast.autovacuum_vacuum_scale_factor = 0)', part);
  END LOOP;
  RETURN cardinality(parts);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION vacuum_erased FROM PUBLIC;
--> statement-breakpoint
-- The last step: the account goes, and what still waits to be told of somebody's reads loses its names.
CREATE FUNCTION finish_erasure(for_erasure uuid, done_event uuid, at timestamptz, archives_written integer) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  subject text;
  removed boolean := false;
BEGIN
  SELECT subject_id INTO subject FROM erasure WHERE id = for_erasure AND state = 'erasing' FOR UPDATE;
  IF NOT FOUND OR EXISTS (SELECT FROM erasure_event WHERE erasure_id = for_erasure AND outcome IS NULL) THEN RETURN NULL; END IF;
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
--> statement-breakpoint
REVOKE ALL ON FUNCTION finish_erasure FROM PUBLIC;

--> statement-breakpoint
CREATE TABLE event_log_restored PARTITION OF event_log FOR VALUES IN ('restored') PARTITION BY RANGE (id);
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON event_log_restored FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- As it was, and for `restored` as well: what is loaded back from an archive has no period of its own, so it is no policy.
CREATE OR REPLACE FUNCTION ensure_partition(for_policy text, for_month timestamptz) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  first timestamp := date_trunc('month', for_month AT TIME ZONE 'UTC');
  parent text := 'event_log_' || for_policy;
  part text := parent || to_char(first, '_YYYY_MM');
BEGIN
  IF for_policy <> 'restored' AND NOT EXISTS (SELECT FROM retention_policy WHERE policy = for_policy) THEN
    RAISE EXCEPTION 'there is no retention policy %', for_policy USING ERRCODE = '22023';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('countersign.partitions'));
  IF is_table(part) THEN RETURN false; END IF;
  EXECUTE format('CREATE TABLE public.%I (LIKE public.event_log INCLUDING DEFAULTS INCLUDING STORAGE)', part);
  EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.%I FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change()', part);
  EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', parent, part,
    uuid7_floor(first AT TIME ZONE 'UTC'), uuid7_floor((first + interval '1 month') AT TIME ZONE 'UTC'));
  PERFORM lean_statistics(part);
  RETURN true;
END $$;
--> statement-breakpoint
-- Takes what was loaded back from an archive out of the log again; answers how many events that were.
CREATE FUNCTION unload_archive(for_manifest uuid) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  m retention_manifest;
  gone integer;
BEGIN
  SELECT * INTO m FROM retention_manifest WHERE id = for_manifest;
  PERFORM set_config('countersign.retaining', 'on', true);
  DELETE FROM event_log
    WHERE policy = 'restored' AND id >= uuid7_floor(m.month::timestamp AT TIME ZONE 'UTC')
      AND id < uuid7_floor((m.month + interval '1 month') AT TIME ZONE 'UTC') AND leaf::jsonb->>'policy' = m.policy
      AND EXISTS (SELECT FROM ledger_batch b WHERE b.epoch = m.epoch AND b.min_id <= id AND b.max_id >= id AND array_position(b.ids, id) IS NOT NULL);
  GET DIAGNOSTICS gone = ROW_COUNT;
  PERFORM set_config('countersign.retaining', 'off', true);
  DELETE FROM restored_archive WHERE manifest_id = for_manifest;
  RETURN gone;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION unload_archive FROM PUBLIC;
