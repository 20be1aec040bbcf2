CREATE TABLE "held_event" (
	"id" uuid PRIMARY KEY NOT NULL,
	"hold_id" bigint NOT NULL,
	"policy" text NOT NULL,
	"moved_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "legal_hold" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "legal_hold_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"reason" text NOT NULL,
	"scope" jsonb NOT NULL,
	"placed_at" timestamp with time zone NOT NULL,
	"placed_by" bigint NOT NULL,
	"released_at" timestamp with time zone,
	"released_by" bigint,
	"release_reason" text,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "retention_manifest" (
	"id" uuid PRIMARY KEY NOT NULL,
	"run_id" bigint NOT NULL,
	"policy" text NOT NULL,
	"month" date NOT NULL,
	"partition" text NOT NULL,
	"epoch" integer NOT NULL,
	"first_index" bigint NOT NULL,
	"last_index" bigint NOT NULL,
	"count" bigint NOT NULL,
	"rows" bigint NOT NULL,
	"bytes" bigint NOT NULL,
	"bitmap" "bytea" NOT NULL,
	"bitmap_sha256" "bytea" NOT NULL,
	"root" "bytea" NOT NULL,
	"holds_seen" bigint NOT NULL,
	"event_id" uuid NOT NULL,
	"leaf" text NOT NULL,
	"leaves_file" text,
	"leaves_sha256" "bytea",
	"details_file" text,
	"details_sha256" "bytea",
	"state" text NOT NULL,
	"reason" text,
	"planned_at" timestamp with time zone NOT NULL,
	"signed_at" timestamp with time zone,
	"archived_at" timestamp with time zone,
	"detached_at" timestamp with time zone,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "retention_run" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "retention_run_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"state" text NOT NULL,
	"started_by" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"partitions" integer DEFAULT 0 NOT NULL,
	"rows" bigint DEFAULT 0 NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"held" bigint DEFAULT 0 NOT NULL,
	"longest_lock_ms" integer DEFAULT 0 NOT NULL,
	"skipped" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"error" text
);
--> statement-breakpoint
ALTER TABLE "held_event" ADD CONSTRAINT "held_event_hold_id_legal_hold_id_fk" FOREIGN KEY ("hold_id") REFERENCES "public"."legal_hold"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retention_manifest" ADD CONSTRAINT "retention_manifest_run_id_retention_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."retention_run"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "held_event_hold" ON "held_event" USING btree ("hold_id");--> statement-breakpoint
CREATE INDEX "legal_hold_active" ON "legal_hold" USING btree ("id") WHERE released_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "retention_manifest_open" ON "retention_manifest" USING btree ("partition","epoch") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "retention_manifest_run" ON "retention_manifest" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "retention_manifest_places" ON "retention_manifest" USING btree ("epoch","last_index");--> statement-breakpoint
CREATE UNIQUE INDEX "retention_run_open" ON "retention_run" USING btree ((ended_at is null)) WHERE ended_at is null;--> statement-breakpoint
ALTER TABLE retention_manifest ALTER COLUMN bitmap SET STORAGE EXTERNAL;
--> statement-breakpoint
-- Whether the functions of retention are at work: the transaction's own setting says so, and it counts only for their owner.
CREATE FUNCTION is_retaining() RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT coalesce(current_setting('countersign.retaining', true), '') = 'on'
    AND current_user = (SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE oid = to_regprocedure('public.hold_events(bigint, uuid[])'))
$$;
--> statement-breakpoint
-- The log is append-only for everybody; retention moves what is held from one policy to another.
CREATE FUNCTION guard_event() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF tg_op = 'DELETE' AND public.is_retaining() THEN RETURN OLD; END IF;
  RAISE EXCEPTION '% on % is refused: the log is append-only', tg_op, tg_table_name USING ERRCODE = '42501';
END $$;
--> statement-breakpoint
DROP TRIGGER append_only ON event_log;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON event_log FOR EACH ROW EXECUTE FUNCTION guard_event();
--> statement-breakpoint
-- What a manifest says stays. Its state goes forward; only the functions of retention say that a month is detached or dropped.
CREATE FUNCTION guard_manifest() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF tg_op = 'UPDATE'
    AND (OLD.id, OLD.run_id, OLD.policy, OLD.month, OLD.partition, OLD.epoch, OLD.first_index, OLD.last_index, OLD.count, OLD.rows,
      OLD.bytes, OLD.bitmap, OLD.bitmap_sha256, OLD.root, OLD.holds_seen, OLD.event_id, OLD.leaf, OLD.planned_at)
      IS NOT DISTINCT FROM
      (NEW.id, NEW.run_id, NEW.policy, NEW.month, NEW.partition, NEW.epoch, NEW.first_index, NEW.last_index, NEW.count, NEW.rows,
      NEW.bytes, NEW.bitmap, NEW.bitmap_sha256, NEW.root, NEW.holds_seen, NEW.event_id, NEW.leaf, NEW.planned_at)
    AND (OLD.leaves_sha256 IS NULL OR (OLD.leaves_file, OLD.leaves_sha256) IS NOT DISTINCT FROM (NEW.leaves_file, NEW.leaves_sha256))
    AND (public.is_retaining() OR NEW.state = OLD.state
      OR (OLD.state, NEW.state) IN (('planned', 'signed'), ('signed', 'archived'))
      OR (NEW.state = 'skipped' AND OLD.state IN ('planned', 'signed', 'archived'))) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% on % is refused: manifests stay', tg_op, tg_table_name USING ERRCODE = '42501';
END $$;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON retention_manifest FOR EACH ROW EXECUTE FUNCTION guard_manifest();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON retention_manifest FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- A hold is released once, with who, when and why, and otherwise stays as it was placed.
CREATE FUNCTION guard_hold() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF tg_op = 'UPDATE' AND OLD.released_at IS NULL AND NEW.released_at IS NOT NULL AND NEW.version = OLD.version + 1
    AND (OLD.id, OLD.name, OLD.reason, OLD.scope, OLD.placed_at, OLD.placed_by)
      IS NOT DISTINCT FROM (NEW.id, NEW.name, NEW.reason, NEW.scope, NEW.placed_at, NEW.placed_by) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% on % is refused: holds stay', tg_op, tg_table_name USING ERRCODE = '42501';
END $$;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON legal_hold FOR EACH ROW EXECUTE FUNCTION guard_hold();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON legal_hold FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE FUNCTION guard_held_event() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF public.is_retaining() THEN RETURN CASE tg_op WHEN 'DELETE' THEN OLD ELSE NEW END; END IF;
  RAISE EXCEPTION '% on % is refused: only retention holds events', tg_op, tg_table_name USING ERRCODE = '42501';
END $$;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE INSERT OR UPDATE OR DELETE ON held_event FOR EACH ROW EXECUTE FUNCTION guard_held_event();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON held_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- Puts events of one month under the policy `held`, for a hold that stands; answers how many were not there yet.
CREATE FUNCTION hold_events(for_hold bigint, wanted uuid[]) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  lowest uuid := (SELECT one FROM unnest(wanted) AS one ORDER BY one LIMIT 1);
  highest uuid := (SELECT one FROM unnest(wanted) AS one ORDER BY one DESC LIMIT 1);
  moved integer;
BEGIN
  IF NOT EXISTS (SELECT FROM legal_hold WHERE id = for_hold AND released_at IS NULL) THEN
    RAISE EXCEPTION 'there is no hold %', for_hold USING ERRCODE = '22023';
  END IF;
  PERFORM ensure_partition('held', month)
    FROM (SELECT DISTINCT date_trunc('month', uuid7_time(one), 'UTC') AS month FROM unnest(wanted) AS one) AS months;
  PERFORM set_config('countersign.retaining', 'on', true);
  WITH gone AS (
    DELETE FROM event_log WHERE id = ANY(wanted) AND id BETWEEN lowest AND highest AND policy <> 'held' RETURNING *
  ), noted AS (
    INSERT INTO held_event (id, hold_id, policy, moved_at) SELECT id, for_hold, policy, clock_timestamp() FROM gone
  )
  INSERT INTO event_log (id, policy, code, category, severity, status, occurred_at, received_at, actor_type, actor_id, object_type,
    object_id, target_type, target_id, request_method, endpoint, request_id, source, approval_id, leaf, leaf_hash, details, salt)
  SELECT id, 'held', code, category, severity, status, occurred_at, received_at, actor_type, actor_id, object_type,
    object_id, target_type, target_id, request_method, endpoint, request_id, source, approval_id, leaf, leaf_hash, details, salt
  FROM gone;
  GET DIAGNOSTICS moved = ROW_COUNT;
  PERFORM set_config('countersign.retaining', 'off', true);
  RETURN moved;
END $$;
--> statement-breakpoint
-- Puts events that nothing holds any more back under the policy they came from.
CREATE FUNCTION unhold_events(wanted uuid[]) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  lowest uuid := (SELECT one FROM unnest(wanted) AS one ORDER BY one LIMIT 1);
  highest uuid := (SELECT one FROM unnest(wanted) AS one ORDER BY one DESC LIMIT 1);
  moved integer;
BEGIN
  PERFORM ensure_partition(policy, month)
    FROM (SELECT DISTINCT policy, date_trunc('month', uuid7_time(id), 'UTC') AS month FROM held_event WHERE id = ANY(wanted)) AS months;
  PERFORM set_config('countersign.retaining', 'on', true);
  WITH noted AS (
    DELETE FROM held_event WHERE id = ANY(wanted) RETURNING id, policy
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
-- Refuses unless every open manifest of a month is in this state, is told by an event that stands under a signed checkpoint,
-- says what that event says, and the month's period is over by the database's clock. Ids may be 7 days late.
CREATE FUNCTION check_month(part text, wanted text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  m retention_manifest;
  found integer := 0;
BEGIN
  FOR m IN SELECT * FROM retention_manifest WHERE partition = part AND ended_at IS NULL ORDER BY epoch FOR UPDATE LOOP
    found := found + 1;
    IF m.state <> wanted THEN
      RAISE EXCEPTION 'manifest % is %, not %', m.id, m.state, wanted USING ERRCODE = 'CS412';
    END IF;
    IF part <> 'event_log_' || m.policy || to_char(m.month, '_YYYY_MM') THEN
      RAISE EXCEPTION 'manifest % is of another table', m.id USING ERRCODE = 'CS412';
    END IF;
    IF NOT EXISTS (SELECT FROM retention_policy p WHERE p.policy = m.policy
        AND m.month + interval '1 month' + make_interval(days => p.retain_days + 8) < clock_timestamp() AT TIME ZONE 'UTC') THEN
      RAISE EXCEPTION '% is still to be kept', part USING ERRCODE = 'CS412';
    END IF;
    IF sha256(m.bitmap) <> m.bitmap_sha256 OR m.leaf::jsonb->>'code' <> 'sys_retention_drop' OR m.leaf::jsonb->'facts' <> jsonb_build_object(
        'partition', part, 'epoch', m.epoch, 'first', m.first_index, 'last', m.last_index, 'count', m.count,
        'bitmap', encode(m.bitmap_sha256, 'base64'), 'root', encode(m.root, 'base64')) THEN
      RAISE EXCEPTION 'manifest % is not what its event says', m.id USING ERRCODE = 'CS412';
    END IF;
    IF NOT EXISTS (
        SELECT FROM ledger_batch b CROSS JOIN LATERAL (SELECT array_position(b.ids, m.event_id) AS n) AS place
        WHERE b.min_id <= m.event_id AND b.max_id >= m.event_id AND place.n IS NOT NULL
          AND substring(b.hashes FROM (place.n - 1) * 32 + 1 FOR 32) = sha256('\x00'::bytea || convert_to(m.leaf, 'UTF8'))
          AND EXISTS (SELECT FROM ledger_checkpoint c WHERE c.epoch = b.epoch AND c.size >= b.first_index + place.n)) THEN
      RAISE EXCEPTION 'the event of manifest % stands under no checkpoint', m.id USING ERRCODE = 'CS412';
    END IF;
  END LOOP;
  IF found = 0 THEN
    RAISE EXCEPTION 'there is no manifest of %', part USING ERRCODE = 'CS412';
  END IF;
END $$;
--> statement-breakpoint
-- Takes a month whose manifests are signed out of the log; answers for how many milliseconds its policy was locked. Whoever
-- waits for the lock holds up all who come after, hence at most half a second.
CREATE FUNCTION detach_month(part text) RETURNS double precision
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET lock_timeout = '500ms' AS $$
DECLARE
  parent text := (SELECT 'event_log_' || min(policy) FROM retention_manifest WHERE partition = part AND ended_at IS NULL);
  locked timestamptz;
BEGIN
  PERFORM check_month(part, 'archived');
  PERFORM set_config('countersign.retaining', 'on', true);
  UPDATE retention_manifest SET state = 'detached', detached_at = clock_timestamp() WHERE partition = part AND ended_at IS NULL;
  PERFORM set_config('countersign.retaining', 'off', true);
  EXECUTE format('LOCK TABLE ONLY public.%I IN ACCESS EXCLUSIVE MODE', parent);
  locked := clock_timestamp();
  EXECUTE format('ALTER TABLE public.%I DETACH PARTITION public.%I', parent, part);
  RETURN extract(epoch FROM clock_timestamp() - locked) * 1000;
END $$;
--> statement-breakpoint
-- Lets whoever asks read a detached month once more, to see whether a new hold is on anything in it.
CREATE FUNCTION open_month(part text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET lock_timeout = '500ms' AS $$
BEGIN
  PERFORM check_month(part, 'detached');
  EXECUTE format('GRANT SELECT ON public.%I TO %I', part, session_user);
END $$;
--> statement-breakpoint
-- Drops a detached month that still holds as many rows as its manifests say.
CREATE FUNCTION drop_month(part text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET lock_timeout = '500ms' AS $$
DECLARE
  wanted bigint := (SELECT max(rows) FROM retention_manifest WHERE partition = part AND ended_at IS NULL);
  found bigint;
BEGIN
  PERFORM check_month(part, 'detached');
  IF EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('public.' || quote_ident(part)) AND relispartition) THEN
    RAISE EXCEPTION '% is still in the log', part USING ERRCODE = 'CS412';
  END IF;
  EXECUTE format('SELECT count(*) FROM public.%I', part) INTO found;
  IF found <> wanted THEN
    RAISE EXCEPTION '% has % rows, its manifests say %', part, found, wanted USING ERRCODE = 'CS412';
  END IF;
  EXECUTE format('DROP TABLE public.%I', part);
  PERFORM set_config('countersign.retaining', 'on', true);
  UPDATE retention_manifest SET state = 'dropped', ended_at = clock_timestamp() WHERE partition = part AND ended_at IS NULL;
  PERFORM set_config('countersign.retaining', 'off', true);
END $$;
--> statement-breakpoint
-- Puts a detached month back into the log; its manifests explain nothing any more.
CREATE FUNCTION reattach_month(part text, why text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET lock_timeout = '500ms' AS $$
DECLARE
  m retention_manifest;
BEGIN
  SELECT * INTO m FROM retention_manifest WHERE partition = part AND state = 'detached' LIMIT 1;
  IF m.id IS NULL OR part <> 'event_log_' || m.policy || to_char(m.month, '_YYYY_MM') THEN
    RAISE EXCEPTION '% is not detached', part USING ERRCODE = 'CS412';
  END IF;
  EXECUTE format('REVOKE ALL ON public.%I FROM %I', part, session_user);
  EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', 'event_log_' || m.policy, part,
    uuid7_floor(m.month::timestamp AT TIME ZONE 'UTC'), uuid7_floor((m.month + interval '1 month') AT TIME ZONE 'UTC'));
  PERFORM set_config('countersign.retaining', 'on', true);
  UPDATE retention_manifest SET state = 'skipped', reason = why, ended_at = clock_timestamp() WHERE partition = part AND state = 'detached';
  PERFORM set_config('countersign.retaining', 'off', true);
END $$;
--> statement-breakpoint
-- Drops a month without a row that nothing can come to any more; false when there is something in it or about it.
CREATE FUNCTION drop_empty_month(part text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET lock_timeout = '500ms' AS $$
DECLARE
  parent text;
  is_empty boolean;
BEGIN
  SELECT p.relname INTO parent FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid JOIN pg_class p ON p.oid = inhparent
    WHERE c.relname = part AND c.relnamespace = 'public'::regnamespace
      AND p.relname IN (SELECT 'event_log_' || policy FROM retention_policy)
      AND to_date(right(part, 7), 'YYYY_MM') + interval '1 month 38 days' < clock_timestamp() AT TIME ZONE 'UTC';
  IF parent IS NULL OR EXISTS (SELECT FROM retention_manifest WHERE partition = part AND ended_at IS NULL) THEN RETURN false; END IF;
  EXECUTE format('SELECT NOT EXISTS (SELECT FROM public.%I)', part) INTO is_empty;
  IF NOT is_empty THEN RETURN false; END IF;
  EXECUTE format('LOCK TABLE ONLY public.%I IN ACCESS EXCLUSIVE MODE', parent);
  EXECUTE format('SELECT NOT EXISTS (SELECT FROM public.%I)', part) INTO is_empty;
  IF NOT is_empty THEN RETURN false; END IF;
  EXECUTE format('ALTER TABLE public.%I DETACH PARTITION public.%I', parent, part);
  EXECUTE format('DROP TABLE public.%I', part);
  RETURN true;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION hold_events, unhold_events, check_month, detach_month, open_month, drop_month, reattach_month, drop_empty_month FROM PUBLIC;
