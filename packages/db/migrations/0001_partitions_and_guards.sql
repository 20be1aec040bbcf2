ALTER TABLE audit_outbox ALTER COLUMN leaves SET STORAGE EXTERNAL, ALTER COLUMN details SET STORAGE EXTERNAL,
  ALTER COLUMN hashes SET STORAGE EXTERNAL, ALTER COLUMN salts SET STORAGE EXTERNAL;
--> statement-breakpoint
ALTER TABLE audit_outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
  toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 5000);
--> statement-breakpoint
ALTER TABLE ledger_pending SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
--> statement-breakpoint
CREATE TABLE event_log_decision PARTITION OF event_log FOR VALUES IN ('decision') PARTITION BY RANGE (id);
--> statement-breakpoint
CREATE TABLE event_log_change PARTITION OF event_log FOR VALUES IN ('change') PARTITION BY RANGE (id);
--> statement-breakpoint
CREATE TABLE event_log_session PARTITION OF event_log FOR VALUES IN ('session') PARTITION BY RANGE (id);
--> statement-breakpoint
CREATE TABLE event_log_read PARTITION OF event_log FOR VALUES IN ('read') PARTITION BY RANGE (id);
--> statement-breakpoint
CREATE TABLE event_log_held PARTITION OF event_log FOR VALUES IN ('held') PARTITION BY RANGE (id);
--> statement-breakpoint
INSERT INTO retention_policy (policy, retain_days) VALUES
  ('decision', 3653), ('change', 2557), ('session', 730), ('read', 365), ('held', NULL);
--> statement-breakpoint
-- The smallest UUIDv7 of a millisecond: RFC 9562 section 5.7 puts 48 bits of Unix milliseconds first.
CREATE FUNCTION uuid7_floor(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog
  RETURN (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid;
--> statement-breakpoint
CREATE FUNCTION uuid7_time(id uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog
  RETURN to_timestamp(('x0000' || substr(replace(id::text, '-', ''), 1, 12))::bit(64)::bigint / 1000.0);
--> statement-breakpoint
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: the log is append-only', tg_op, tg_table_name USING ERRCODE = '42501';
END $$;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON event_log FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON event_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON event_log_decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON event_log_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON event_log_session FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON event_log_read FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON event_log_held FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- Makes the partition of one policy and UTC month; true when it was missing. ATTACH locks out no writer, CREATE ... PARTITION OF would.
CREATE FUNCTION ensure_partition(for_policy text, for_month timestamptz) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  first timestamp := date_trunc('month', for_month AT TIME ZONE 'UTC');
  parent text := 'event_log_' || for_policy;
  part text := parent || to_char(first, '_YYYY_MM');
BEGIN
  IF NOT EXISTS (SELECT FROM retention_policy WHERE policy = for_policy) THEN
    RAISE EXCEPTION 'there is no retention policy %', for_policy USING ERRCODE = '22023';
  END IF;
  IF to_regclass('public.' || part) IS NOT NULL THEN RETURN false; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('countersign.partitions'));
  IF to_regclass('public.' || part) IS NOT NULL THEN RETURN false; END IF;
  EXECUTE format('CREATE TABLE public.%I (LIKE public.event_log INCLUDING DEFAULTS INCLUDING STORAGE)', part);
  EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.%I FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change()', part);
  EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', parent, part,
    uuid7_floor(first AT TIME ZONE 'UTC'), uuid7_floor((first + interval '1 month') AT TIME ZONE 'UTC'));
  RETURN true;
END $$;
--> statement-breakpoint
CREATE FUNCTION ensure_claim_partition(for_day timestamptz) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  first timestamp := date_trunc('day', for_day AT TIME ZONE 'UTC');
  part text := 'event_claim' || to_char(first, '_YYYY_MM_DD');
BEGIN
  IF to_regclass('public.' || part) IS NOT NULL THEN RETURN false; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('countersign.partitions'));
  IF to_regclass('public.' || part) IS NOT NULL THEN RETURN false; END IF;
  EXECUTE format('CREATE TABLE public.%I (LIKE public.event_claim INCLUDING DEFAULTS INCLUDING STORAGE)', part);
  EXECUTE format('ALTER TABLE public.event_claim ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', part,
    uuid7_floor(first AT TIME ZONE 'UTC'), uuid7_floor((first + interval '1 day') AT TIME ZONE 'UTC'));
  RETURN true;
END $$;
--> statement-breakpoint
-- Months from the last one to three ahead for each policy, claim days from 8 before to 3 ahead; claims older than that are dropped.
CREATE FUNCTION ensure_partitions(now timestamptz DEFAULT clock_timestamp()) RETURNS TABLE (made integer, dropped integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  old text;
BEGIN
  SELECT count(*) FILTER (WHERE ensure_partition(policy, now + make_interval(months => ahead))) INTO made
    FROM retention_policy, generate_series(-1, 3) AS ahead;
  made := made + (SELECT count(*) FILTER (WHERE ensure_claim_partition(now + make_interval(days => ahead)))
    FROM generate_series(-8, 3) AS ahead);
  dropped := 0;
  FOR old IN
    SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = 'public.event_claim'::regclass
      AND child.relname < 'event_claim' || to_char((now AT TIME ZONE 'UTC') - interval '8 days', '_YYYY_MM_DD')
  LOOP
    EXECUTE format('DROP TABLE public.%I', old);
    dropped := dropped + 1;
  END LOOP;
  RETURN NEXT;
END $$;
--> statement-breakpoint
-- Undoes the keeping statement as a whole when an id in it was claimed before.
CREATE FUNCTION all_claimed(claimed bigint, wanted bigint) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF claimed <> wanted THEN
    RAISE EXCEPTION '% of % ids were claimed before', wanted - claimed, wanted USING ERRCODE = 'CS409';
  END IF;
  RETURN true;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION ensure_partition, ensure_claim_partition, ensure_partitions FROM PUBLIC;
--> statement-breakpoint
SELECT * FROM ensure_partitions();
