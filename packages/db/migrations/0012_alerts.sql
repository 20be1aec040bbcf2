CREATE TABLE "alert_cursor" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"epoch" integer NOT NULL,
	"index" bigint NOT NULL,
	"digest_day" date
);
--> statement-breakpoint
CREATE TABLE "alert_due" (
	"event_id" uuid PRIMARY KEY NOT NULL,
	"stored_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alert_rule_states" (
	"rule_id" bigint PRIMARY KEY NOT NULL,
	"version" integer NOT NULL,
	"state" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alert_rules" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "alert_rules_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"name_folded" text NOT NULL,
	"shipped" text,
	"definition" jsonb NOT NULL,
	"channel_ids" bigint[] DEFAULT '{}' NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "alert_rules_name_folded_unique" UNIQUE("name_folded"),
	CONSTRAINT "alert_rules_shipped_unique" UNIQUE("shipped")
);
--> statement-breakpoint
CREATE TABLE "alerts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "alerts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"rule_id" bigint NOT NULL,
	"rule_name" text NOT NULL,
	"severity" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"headline" text NOT NULL,
	"group_by" text,
	"group_value" text NOT NULL,
	"group_label" text NOT NULL,
	"count" integer NOT NULL,
	"event_ids" uuid[] NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	"notes" jsonb DEFAULT '[]' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "channels" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "channels_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"name_folded" text NOT NULL,
	"kind" text NOT NULL,
	"url" text,
	"recipients" jsonb,
	"secret" text,
	"old_secret" text,
	"old_secret_until" timestamp with time zone,
	"is_default" boolean DEFAULT false NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"rest_until" timestamp with time zone,
	"succeeded_at" timestamp with time zone,
	"failed_at" timestamp with time zone,
	"failure" text,
	CONSTRAINT "channels_name_folded_unique" UNIQUE("name_folded")
);
--> statement-breakpoint
CREATE TABLE "notifications" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "notifications_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"key" text NOT NULL,
	"alert_id" bigint,
	"channel_id" bigint NOT NULL,
	"channel_name" text NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"message" jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_try_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"answer_code" integer,
	"answer" text,
	"sent_at" timestamp with time zone,
	"digested_at" timestamp with time zone,
	CONSTRAINT "notifications_key_unique" UNIQUE("key")
);
--> statement-breakpoint
ALTER TABLE "alert_rule_states" ADD CONSTRAINT "alert_rule_states_rule_id_alert_rules_id_fk" FOREIGN KEY ("rule_id") REFERENCES "public"."alert_rules"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alerts_open" ON "alerts" USING btree ("rule_id","group_value") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "alerts_state" ON "alerts" USING btree ("state","id");--> statement-breakpoint
CREATE INDEX "notifications_due" ON "notifications" USING btree ("channel_id","next_try_at") WHERE state = 'due';--> statement-breakpoint
CREATE INDEX "notifications_held" ON "notifications" USING btree ("channel_id") WHERE state = 'held' and digested_at is null;--> statement-breakpoint
CREATE INDEX "notifications_at" ON "notifications" USING btree ("channel_id","at");--> statement-breakpoint
CREATE INDEX "notifications_alert" ON "notifications" USING btree ("alert_id");--> statement-breakpoint
-- The api may write a secret and never read one: what was the secret stays beside the new one for as long as the api says.
CREATE FUNCTION keep_old_secret() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF NEW.old_secret_until IS NULL THEN
    NEW.old_secret := NULL;
  ELSIF NEW.secret IS DISTINCT FROM OLD.secret THEN
    NEW.old_secret := OLD.secret;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER keep_old_secret BEFORE UPDATE ON channels FOR EACH ROW EXECUTE FUNCTION keep_old_secret();
