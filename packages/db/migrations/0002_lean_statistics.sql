-- No query is planned by these columns, and sampling them was most of what ANALYZE of a growing month costs.
CREATE FUNCTION lean_statistics(part text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  EXECUTE format('ALTER TABLE public.%I ALTER COLUMN leaf SET STATISTICS 0, ALTER COLUMN leaf_hash SET STATISTICS 0,
    ALTER COLUMN details SET STATISTICS 0, ALTER COLUMN salt SET STATISTICS 0', part);
  EXECUTE format('ALTER TABLE public.%I SET (autovacuum_analyze_scale_factor = 0.2)', part);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION lean_statistics FROM PUBLIC;
--> statement-breakpoint
SELECT lean_statistics(relname) FROM pg_partition_tree('event_log') JOIN pg_class ON oid = relid WHERE isleaf;
--> statement-breakpoint
-- Makes the partition of one policy and UTC month; true when it was missing. ATTACH locks out no writer, CREATE ... PARTITION OF would.
CREATE OR REPLACE FUNCTION ensure_partition(for_policy text, for_month timestamptz) RETURNS boolean
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
  PERFORM lean_statistics(part);
  RETURN true;
END $$;
--> statement-breakpoint
-- Ids and hashes do not compress.
ALTER TABLE ledger_pending ALTER COLUMN ids SET STORAGE EXTERNAL, ALTER COLUMN hashes SET STORAGE EXTERNAL;
