ALTER TABLE "notifications" ALTER COLUMN "channel_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications" ALTER COLUMN "channel_name" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "recipients" jsonb;--> statement-breakpoint
ALTER TABLE "alert_rules" ADD COLUMN "failing_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "alert_rules" ADD COLUMN "failed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "alert_rules" ADD COLUMN "failure" text;--> statement-breakpoint
-- Critical events are gathered apart by their type, so that none waits for the pause of another.
UPDATE alert_rules SET definition = jsonb_set(definition, '{trigger,groupBy}', '["event"]') WHERE shipped = 'at_once';--> statement-breakpoint
-- An hour more than the longest day, in which clocks go back.
UPDATE alert_rules SET definition = jsonb_set(definition, '{trigger,minutes}', '1560')
  WHERE shipped = 'retention_missed' AND definition->'trigger'->>'minutes' = '1500';--> statement-breakpoint
ALTER TABLE "alert_rule_states" ADD COLUMN "definition" jsonb;--> statement-breakpoint
UPDATE alert_rule_states s SET definition = r.definition FROM alert_rules r WHERE r.id = s.rule_id;--> statement-breakpoint
ALTER TABLE "alert_rule_states" ALTER COLUMN "definition" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "alert_rule_states" DROP COLUMN "version";--> statement-breakpoint
-- As it was, but for who writes the old secret itself: the worker, when it seals what was stored plainly.
CREATE OR REPLACE FUNCTION keep_old_secret() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF NEW.old_secret_until IS NULL THEN
    NEW.old_secret := NULL;
  ELSIF NEW.secret IS DISTINCT FROM OLD.secret AND NEW.old_secret IS NOT DISTINCT FROM OLD.old_secret THEN
    NEW.old_secret := OLD.secret;
  END IF;
  RETURN NEW;
END $$;
